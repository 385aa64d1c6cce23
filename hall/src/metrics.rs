//! What the hall counts, in the text that Prometheus reads.

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// Upper ends of the classes of answer times, in seconds: the targets lie at 0.05, 0.15 and 0.2.
const SECONDS: [f64; 9] = [0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.5, 2.0, 30.0];

/// Counters and gauges of one hall.
pub(crate) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    settled: IntCounterVec,
    /// Connections that are open.
    pub(crate) connections: IntGauge,
    waiting: IntGauge,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let requests = Opts::new("hall_requests_total", "Requests by method, address and status.");
        let seconds = HistogramOpts::new("hall_request_seconds", "Time until the answer; long polls wait.");
        let settled = Opts::new("hall_tasks_total", "Bookings and refunds by how they ended.");
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            seconds: HistogramVec::new(seconds.buckets(SECONDS.to_vec()), &["route"])?,
            settled: IntCounterVec::new(settled, &["task", "outcome"])?,
            connections: IntGauge::new("hall_connections", "Connections that are open.")?,
            waiting: IntGauge::new("hall_inboxes_waiting", "Kiosks that wait for news.")?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.seconds.clone()))?;
        metrics.registry.register(Box::new(metrics.settled.clone()))?;
        metrics.registry.register(Box::new(metrics.connections.clone()))?;
        metrics.registry.register(Box::new(metrics.waiting.clone()))?;
        Ok(metrics)
    }

    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[route]).observe(seconds);
    }

    pub(crate) fn ended(&self, task: &str, outcome: &str) {
        self.settled.with_label_values(&[task, outcome]).inc();
    }

    /// Counts a kiosk that waits, until what is returned is dropped.
    pub(crate) fn wait(&self) -> Waiting {
        self.waiting.inc();
        Waiting(self.waiting.clone())
    }

    /// Everything, as text.
    pub(crate) fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// A kiosk that waits; also when it goes away in the middle.
pub(crate) struct Waiting(IntGauge);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dec();
    }
}
