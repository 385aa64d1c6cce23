//! The payload of ECR-Hub frames: protobuf 3, every scalar a text except `success` (protocols E4, M).
//!
//! Newer terminals carry JSON in the same frames, so nothing here knows of frames.

use prost::Message;
use thiserror::Error;
use zeroize::Zeroize;

use crate::payment_terminal::card_number;

/// Asks for a sale, a cancel or a refund.
pub const TOPIC_ORDER: &str = "ecrhub.pay.order";
/// Asks what became of an order.
pub const TOPIC_QUERY: &str = "ecrhub.pay.query";
/// Asks the terminal to give an order up.
pub const TOPIC_CLOSE: &str = "ecrhub.pay.close";

/// Makes the terminal ready for business.
pub const TOPIC_INIT: &str = "ecrhub.init";

/// The currency of every amount here.
pub const CURRENCY: &str = "CNY";

/// What the kiosk sends.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Request {
    /// One of the topics.
    #[prost(string, tag = "1")]
    pub topic: String,
    /// Unique for each request.
    #[prost(string, tag = "2")]
    pub msg_id: String,
    /// Our application.
    #[prost(string, tag = "3")]
    pub app_id: String,
    /// Milliseconds since 1970, as text.
    #[prost(string, tag = "4")]
    pub timestamp: String,
    /// Version of the protocol.
    #[prost(string, tag = "5")]
    pub version: String,
    /// What it is about.
    #[prost(message, optional, tag = "6")]
    pub biz_data: Option<RequestData>,
}

/// What a request is about.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct RequestData {
    /// Our order number.
    #[prost(string, tag = "1")]
    pub merchant_order_no: String,
    /// The order that a cancel or refund is about.
    #[prost(string, tag = "2")]
    pub orig_merchant_order_no: String,
    /// ISO 4217.
    #[prost(string, tag = "3")]
    pub price_currency: String,
    /// Decimal text in yuan.
    #[prost(string, tag = "4")]
    pub order_amount: String,
    /// `1` purchase, `2` cancel, `3` refund.
    #[prost(string, tag = "6")]
    pub trans_type: String,
    /// `BANKCARD`, `QR_B_SCAN_C` (the terminal scans the resident's code), `QR_C_SCAN_B`.
    #[prost(string, tag = "7")]
    pub pay_method_category: String,
}

/// What the terminal answers.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct Response {
    /// The topic of the request.
    #[prost(string, tag = "1")]
    pub topic: String,
    /// The id of the request.
    #[prost(string, tag = "2")]
    pub msg_id: String,
    /// The application of the request.
    #[prost(string, tag = "3")]
    pub app_id: String,
    /// Milliseconds since 1970, as text.
    #[prost(string, tag = "4")]
    pub timestamp: String,
    /// Whether the request succeeded; absent is false.
    #[prost(bool, tag = "5")]
    pub success: bool,
    /// A code, if it did not.
    #[prost(string, tag = "6")]
    pub error_msg: String,
    /// Version of the protocol.
    #[prost(string, tag = "7")]
    pub version: String,
    /// The order.
    #[prost(message, optional, tag = "8")]
    pub biz_data: Option<ResponseData>,
}

/// An order as the terminal knows it.
#[derive(Clone, PartialEq, Eq, Message)]
pub struct ResponseData {
    /// Our order number.
    #[prost(string, tag = "1")]
    pub merchant_order_no: String,
    /// Decimal text in yuan.
    #[prost(string, tag = "2")]
    pub order_amount: String,
    /// Number that the terminal gave.
    #[prost(string, tag = "3")]
    pub trans_no: String,
    /// ISO 4217.
    #[prost(string, tag = "4")]
    pub currency: String,
    /// As in the request.
    #[prost(string, tag = "5")]
    pub trans_type: String,
    /// The shop.
    #[prost(string, tag = "6")]
    pub store_no: String,
    /// Serial number of the terminal.
    #[prost(string, tag = "7")]
    pub terminal_sn: String,
    /// How it was paid: the words of `pay_method_category`.
    #[prost(string, tag = "8")]
    pub pay_scenario: String,
    /// `9` and `0` at work, `1` closed, `2` completed, `3` cancelled.
    #[prost(string, tag = "9")]
    pub trans_status: String,
    /// Number that the payment channel gave.
    #[prost(string, tag = "10")]
    pub pay_channel_trans_no: String,
    /// Who paid: a masked card number, or an account of the channel.
    #[prost(string, tag = "11")]
    pub user: String,
    /// Decimal text in yuan.
    #[prost(string, tag = "12")]
    pub paid_amount: String,
    /// When it ended, in the words of the terminal.
    #[prost(string, tag = "13")]
    pub end_time: String,
    /// The scheme: `UNIONPAY`, `WECHAT`, `ALIPAY`.
    #[prost(string, tag = "14")]
    pub pay_method_id: String,
}

impl Response {
    /// The same with a card number cut to what may be kept, before anything else sees it.
    #[must_use]
    pub fn masked(mut self) -> Self {
        if let Some(data) = self.biz_data.as_mut()
            && let Some(masked) = card_number::masked(&data.user)
        {
            data.user.zeroize();
            data.user = masked;
        }
        self
    }
}

/// A payload that is not a message.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum MessageError {
    /// The bytes are no protobuf of this shape.
    #[error("payload is not a message")]
    Malformed,
}

/// The bytes of a request.
#[must_use]
pub fn encode(request: &Request) -> Vec<u8> {
    request.encode_to_vec()
}

/// Reads a response.
///
/// # Errors
/// [`MessageError::Malformed`].
pub fn decode(bytes: &[u8]) -> Result<Response, MessageError> {
    Response::decode(bytes).map_err(|_| MessageError::Malformed)
}
