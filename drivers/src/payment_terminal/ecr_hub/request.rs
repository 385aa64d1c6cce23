//! The requests of the driver, as values.

use super::answer::BANKCARD;
use super::message::{CURRENCY, RequestData};
use crate::payment_terminal::money::yuan_text;
use crate::payment_terminal::{MAX_ORDER_CHARS, PayMethod, Sale};

/// Characters in front of the order number in the number of a reversal.
const REVERSAL_PREFIX_CHARS: usize = 7;

/// The reversal of `original` under a number of its own.
pub(super) fn reversal(number: &str, original: &str) -> RequestData {
    RequestData {
        merchant_order_no: number.to_owned(),
        orig_merchant_order_no: original.to_owned(),
        trans_type: "2".to_owned(),
        ..RequestData::default()
    }
}

/// The refund of a part of `original`, or all of it, under a number of its own.
pub(super) fn refund(number: &str, original: &str, amount_fen: i64) -> RequestData {
    RequestData {
        price_currency: CURRENCY.to_owned(),
        order_amount: yuan_text(amount_fen),
        trans_type: "3".to_owned(),
        ..reversal(number, original)
    }
}

/// A number for one try of a reversal: a terminal refuses a number that it knows, even of a try that failed.
/// `try_number` differs from try to try, across restarts as well.
pub(super) fn reversal_number(order: &str, try_number: u64) -> String {
    let keep = MAX_ORDER_CHARS - REVERSAL_PREFIX_CHARS;
    let tail = order.get(order.len().saturating_sub(keep)..).unwrap_or(order);
    format!("V{}{tail}", base36_six(try_number))
}

/// A sale.
pub(super) fn sale(sale: &Sale) -> RequestData {
    RequestData {
        price_currency: CURRENCY.to_owned(),
        order_amount: yuan_text(sale.amount_fen),
        trans_type: "1".to_owned(),
        pay_method_category: category(sale.method).to_owned(),
        ..order(&sale.order)
    }
}

/// A request that names an order and nothing else.
pub(super) fn order(order: &str) -> RequestData {
    RequestData { merchant_order_no: order.to_owned(), ..RequestData::default() }
}

/// Six characters of `0-9A-Z`: seconds since 1970 fit until 2038, and wrap after that.
fn base36_six(mut value: u64) -> String {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        let rest = u8::try_from(value % 36).unwrap_or(0);
        *digit = if rest < 10 { b'0' + rest } else { b'A' + rest - 10 };
        value /= 36;
    }
    digits.iter().map(|&digit| char::from(digit)).collect()
}

/// The category for a way of paying.
pub(super) fn category(method: PayMethod) -> &'static str {
    match method {
        PayMethod::Card => BANKCARD,
        PayMethod::PhoneCode => "QR_B_SCAN_C",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment_terminal::order_is_well_formed;

    #[test]
    fn a_reversal_has_a_well_formed_number_of_its_own_for_each_try() {
        let longest = "A".repeat(MAX_ORDER_CHARS);
        for order in ["1", "LC01A0000001", longest.as_str()] {
            let (first, second) =
                (reversal_number(order, 1_790_000_000), reversal_number(order, 1_790_000_001));
            assert!(order_is_well_formed(&first), "{first}");
            assert_ne!(first, second);
            assert_ne!(first, order);
        }
    }

    #[test]
    fn a_sale_carries_yuan_text_and_its_category() {
        let data = sale(&Sale { order: "A1".to_owned(), amount_fen: 5, method: PayMethod::PhoneCode });
        assert_eq!((data.order_amount.as_str(), data.price_currency.as_str()), ("0.05", "CNY"));
        assert_eq!((data.trans_type.as_str(), data.pay_method_category.as_str()), ("1", "QR_B_SCAN_C"));
    }
}
