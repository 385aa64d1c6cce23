//! Frames and messages of the simulated terminal, written a second time from the sheet (protocols E4, M).

use prost::Message;

/// Bytes kept while a frame is incomplete: the longest has 1034.
const MAX_PENDING: usize = 4096;

/// A frame as it came: type, acknowledged id, id, data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) kind: u8,
    pub(super) ack: u8,
    pub(super) id: u8,
    pub(super) data: Vec<u8>,
}

impl Packet {
    /// The bytes on the wire.
    pub(super) fn bytes(kind: u8, ack: u8, id: u8, data: &[u8]) -> Vec<u8> {
        let len = u16::try_from(data.len()).unwrap_or(0);
        let mut out = vec![0x55, 0xAA, kind, ack, id];
        out.extend(len.to_be_bytes());
        out.extend(data);
        let check = out.iter().skip(2).fold(0, |sum, byte| sum ^ byte);
        out.extend([check, 0xCC, 0x33]);
        out
    }

    /// Takes the next whole frame out of what has arrived; damaged ones are skipped.
    pub(super) fn take(pending: &mut Vec<u8>) -> Option<Self> {
        loop {
            let start = pending.windows(2).position(|pair| pair == [0x55, 0xAA])?;
            pending.drain(..start);
            let len = usize::from(*pending.get(5)?) << 8 | usize::from(*pending.get(6)?);
            if len > 1024 {
                pending.drain(..2);
                continue;
            }
            let frame = pending.get(..10 + len)?.to_vec();
            if let Some(packet) = Self::check(&frame) {
                pending.drain(..frame.len());
                return Some(packet);
            }
            pending.drain(..2);
        }
    }

    fn check(frame: &[u8]) -> Option<Self> {
        match frame {
            [0x55, 0xAA, kind, ack, id, _, _, data @ .., check, 0xCC, 0x33] => {
                let covered = frame.get(2..frame.len() - 3)?;
                let good = covered.iter().fold(0, |sum, byte| sum ^ byte) == *check;
                good.then(|| Self { kind: *kind, ack: *ack, id: *id, data: data.to_vec() })
            }
            _ => None,
        }
    }

    /// Adds bytes, up to the bound.
    pub(super) fn collect(pending: &mut Vec<u8>, bytes: &[u8]) {
        pending.extend_from_slice(bytes);
        let excess = pending.len().saturating_sub(MAX_PENDING);
        pending.drain(..excess);
    }
}

/// ECRHubRequest.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HubRequest {
    #[prost(string, tag = "1")]
    pub(super) topic: String,
    #[prost(string, tag = "2")]
    pub(super) msg_id: String,
    #[prost(string, tag = "3")]
    pub(super) app_id: String,
    #[prost(string, tag = "4")]
    pub(super) timestamp: String,
    #[prost(message, optional, tag = "6")]
    pub(super) biz_data: Option<HubRequestBiz>,
}

/// biz_data of a request.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HubRequestBiz {
    #[prost(string, tag = "1")]
    pub(super) merchant_order_no: String,
    #[prost(string, tag = "2")]
    pub(super) orig_merchant_order_no: String,
    #[prost(string, tag = "3")]
    pub(super) price_currency: String,
    #[prost(string, tag = "4")]
    pub(super) order_amount: String,
    #[prost(string, tag = "6")]
    pub(super) trans_type: String,
    #[prost(string, tag = "7")]
    pub(super) pay_method_category: String,
}

/// ECRHubResponse.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HubResponse {
    #[prost(string, tag = "1")]
    pub(super) topic: String,
    #[prost(string, tag = "2")]
    pub(super) msg_id: String,
    #[prost(string, tag = "3")]
    pub(super) app_id: String,
    #[prost(string, tag = "4")]
    pub(super) timestamp: String,
    #[prost(bool, tag = "5")]
    pub(super) success: bool,
    #[prost(string, tag = "6")]
    pub(super) error_msg: String,
    #[prost(message, optional, tag = "8")]
    pub(super) biz_data: Option<HubResponseBiz>,
}

/// biz_data of a response.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HubResponseBiz {
    #[prost(string, tag = "1")]
    pub(super) merchant_order_no: String,
    #[prost(string, tag = "2")]
    pub(super) order_amount: String,
    #[prost(string, tag = "3")]
    pub(super) trans_no: String,
    #[prost(string, tag = "4")]
    pub(super) currency: String,
    #[prost(string, tag = "5")]
    pub(super) trans_type: String,
    #[prost(string, tag = "7")]
    pub(super) terminal_sn: String,
    #[prost(string, tag = "8")]
    pub(super) pay_scenario: String,
    #[prost(string, tag = "9")]
    pub(super) trans_status: String,
    #[prost(string, tag = "10")]
    pub(super) pay_channel_trans_no: String,
    #[prost(string, tag = "11")]
    pub(super) user: String,
    #[prost(string, tag = "12")]
    pub(super) paid_amount: String,
    #[prost(string, tag = "13")]
    pub(super) end_time: String,
    #[prost(string, tag = "14")]
    pub(super) pay_method_id: String,
}

/// Decimal text in yuan as fen.
pub(super) fn fen(text: &str) -> Option<i64> {
    let mut parts = text.splitn(2, '.');
    let yuan: i64 = parts.next()?.parse().ok()?;
    let cents = format!("{:0<2}", parts.next().unwrap_or(""));
    if cents.len() != 2 || yuan < 0 {
        return None;
    }
    Some(yuan * 100 + i64::from(cents.parse::<u8>().ok()?))
}
