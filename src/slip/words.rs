//! Every Chinese word that is printed, and nothing else. Each has a glyph in GB 2312, which printers know.

use super::{Heading, PaidBy, Standing};
use crate::money::Method;

/// The full-width sign: the narrow one is missing from GB 2312.
pub(super) const YUAN: &str = "￥";
pub(super) const DEVICE: &str = "设备";
pub(super) const ORDER: &str = "业务流水号";
pub(super) const CHANNEL: &str = "渠道流水号";
pub(super) const BILLER_REFERENCE: &str = "收费单位流水号";
pub(super) const REFUND_REFERENCE: &str = "退款流水号";
pub(super) const TIME: &str = "交易时间";
pub(super) const BILLER: &str = "收费单位";
pub(super) const ACCOUNT: &str = "账号";
pub(super) const OWNER: &str = "户名";
pub(super) const AMOUNT: &str = "金额";
pub(super) const STATE: &str = "状态";
pub(super) const REASON: &str = "原因";
pub(super) const BALANCE: &str = "余额";
pub(super) const ORDER_TOTAL: &str = "本单总额";
pub(super) const PAID_BY: &str = "支付方式";
pub(super) const HOTLINE: &str = "咨询电话";
pub(super) const REPRINT: &str = "【补打】";
pub(super) const SIMULATED: &str = "【演示】模拟设备打印,未发生真实扣款";
pub(super) const NO_VOUCHER: &str = "本凭条不作报销凭证";

pub(super) const fn title(heading: Heading) -> &'static str {
    match heading {
        Heading::Receipt => "缴费凭条",
        Heading::Pending => "待入账凭条",
        Heading::Refund => "退款凭条",
        Heading::Trouble => "故障凭条",
    }
}

pub(super) const fn total(heading: Heading) -> &'static str {
    match heading {
        Heading::Receipt => "缴费合计",
        Heading::Pending => "待入账合计",
        Heading::Refund => "退款合计",
        Heading::Trouble => "待确认合计",
    }
}

/// The state of a line; `charged` is false when the order cost nothing.
pub(super) const fn state(standing: Standing, charged: bool) -> &'static str {
    match (standing, charged) {
        (Standing::Booked, _) => "已入账",
        (Standing::Booking, true) => "已收款,待入账",
        (Standing::Booking, false) => "待入账",
        (Standing::Rejected, true) => "未受理,待退款",
        (Standing::Rejected, false) => "未受理",
        (Standing::Refunding, _) => "退款处理中",
        (Standing::Refunded, _) => "已退款",
        (Standing::Reversed, _) => "扣款已撤销",
        (Standing::Unknown, _) => "支付结果未确认",
        (Standing::Reversing, _) => "撤销处理中",
        (Standing::Manual, _) => "人工处理中",
    }
}

/// What the resident should know or do; never a promised hour.
pub(super) const fn advice(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Booked => None,
        Standing::Booking => Some("收费单位入账后生效,请凭业务流水号查询,请勿重复缴费。"),
        Standing::Rejected | Standing::Refunding => Some("本项未缴费,款项原路退回,请凭业务流水号查询。"),
        Standing::Refunded => Some("本项未缴费,款项已原路退回。"),
        Standing::Reversed => Some("本单未缴费,扣款已撤销。"),
        Standing::Unknown => Some("请勿重复支付,结果请凭业务流水号查询。"),
        Standing::Reversing => Some("本单不再入账,若已扣款将退回,结果请凭业务流水号查询。"),
        Standing::Manual => Some("请勿重复支付,工作人员正在核对,请凭业务流水号查询。"),
    }
}

/// Why a biller refused. A code that is not known here follows in brackets, for the biller's staff.
pub(super) fn reason(code: &str) -> String {
    match code {
        "ALREADY_PAID" => "该账单已缴清".to_owned(),
        "ACCOUNT_CLOSED" => "该账户已销户".to_owned(),
        "UNKNOWN_ACCOUNT" => "查无此账户".to_owned(),
        "AMOUNT_CHANGED" => "账单金额已变更".to_owned(),
        other => format!("收费单位未受理({other})"),
    }
}

pub(super) fn paid_by(payment: Option<&PaidBy>) -> String {
    let Some(paid) = payment else { return "无需支付".to_owned() };
    let method = match paid.method {
        Method::Card => "银行卡",
        Method::PhoneCode => "手机扫码",
    };
    let tail = paid.last4.as_ref().map(|digits| format!("尾号{digits}")).unwrap_or_default();
    let parts = [method, scheme(&paid.scheme), &tail];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn scheme(name: &str) -> &str {
    match name {
        "UNIONPAY" => "银联",
        "WECHAT" => "微信支付",
        "ALIPAY" => "支付宝",
        other => other,
    }
}

pub(super) fn print_number(number: u32) -> String {
    format!("第{number}次打印")
}
