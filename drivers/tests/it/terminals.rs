//! One suite over every wire of a payment terminal: what a resident and the books may rely on.

pub mod bench;
mod day;
mod faults;
mod recovery;
mod sales;

/// Makes a test of each scenario for each wire.
macro_rules! on_every_wire {
    ($($scenario:ident),+ $(,)?) => {
        mod ecr_hub {
            $(#[test] fn $scenario() { super::$scenario(crate::terminals::bench::Wire::EcrHub); })+
        }
        mod mis {
            $(#[test] fn $scenario() { super::$scenario(crate::terminals::bench::Wire::Mis); })+
        }
        mod zvt {
            $(#[test] fn $scenario() { super::$scenario(crate::terminals::bench::Wire::Zvt); })+
        }
    };
}
pub(crate) use on_every_wire;
