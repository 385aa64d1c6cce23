//! A door to the simulated outside world, for simulators and tests in another process.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::body::{Strict, json};
use super::{Misbehaviour, Shared};
use crate::money::Fen;
use crate::refusal::Refusal;
use crate::sim::{AcquirerBehaviour, AcquirerBooks, Behaviour, BillerBooks, SimError, Target};
use crate::store;

type Answer = Result<Response, Refusal>;

/// Body of `authorise`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authorise {
    /// The order.
    pub order_id: String,
    /// How much.
    pub amount_fen: i64,
    /// What was presented.
    pub instrument: String,
}

/// Body of `query` and `reverse`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcquirerOrder {
    /// The order.
    pub order_id: String,
}

/// Body of `script`: each part stands for itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Script {
    /// How the billers behave.
    Biller {
        /// Whose behaviour.
        target: Target,
        /// What it is from now on; none for the usual one.
        behaviour: Option<Behaviour>,
    },
    /// How the acquirer behaves.
    Acquirer(AcquirerBehaviour),
    /// Every approval is settled.
    Settle,
    /// How the hall itself behaves.
    Hall(Option<Misbehaviour>),
}

/// Every book, for evidence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Books {
    /// The acquirer's.
    pub acquirer: AcquirerBooks,
    /// The billers'.
    pub billers: BillerBooks,
    /// Sum of the hall's ledger.
    pub trial_balance_fen: i64,
}

pub(super) async fn authorise(State(shared): State<Shared>, Strict(request): Strict<Authorise>) -> Answer {
    let Authorise { order_id, amount_fen, instrument } = request;
    Ok(json(&told(shared.acquirer.authorise(&order_id, amount_fen, &instrument))?))
}

pub(super) async fn query(State(shared): State<Shared>, Strict(request): Strict<AcquirerOrder>) -> Answer {
    Ok(json(&told(shared.acquirer.query(&request.order_id))?))
}

pub(super) async fn reverse(State(shared): State<Shared>, Strict(request): Strict<AcquirerOrder>) -> Answer {
    Ok(json(&told(shared.acquirer.reverse(&request.order_id))?))
}

pub(super) async fn script(
    State(shared): State<Shared>,
    Strict(script): Strict<Script>,
) -> Result<StatusCode, Refusal> {
    match script {
        Script::Biller { target, behaviour } => shared.billers.script(target, behaviour),
        Script::Acquirer(behaviour) => shared.acquirer.behave(behaviour),
        Script::Settle => told(shared.acquirer.settle())?,
        Script::Hall(misbehaviour) => shared.fault.set(misbehaviour),
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn books(State(shared): State<Shared>) -> Answer {
    let Fen(trial_balance_fen) = shared.desk.store.look(store::trial_balance).await?;
    let (acquirer, billers) = (told(shared.acquirer.books())?, told(shared.billers.books())?);
    Ok(json(&Books { acquirer, billers, trial_balance_fen }))
}

fn told<T>(answer: Result<T, SimError>) -> Result<T, Refusal> {
    answer.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "a simulated book failed");
        Refusal::Interrupted
    })
}
