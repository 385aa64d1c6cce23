//! The hall's port: open, closed and opened again.
//!
//! While the door is open, its listener and connections live on a runtime of their own. Closing it
//! ends that runtime, and with it every connection: kiosks see what they see when a hall goes down.

use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Threads that serve kiosks; the work itself is done by the store's thread.
const THREADS: usize = 2;

/// Longest wait for calls to the outside world that are under way when the door closes.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// Longest wait for the port of a door that has just been closed.
const PORT_WAIT: Duration = Duration::from_secs(5);

pub(crate) struct Door {
    address: SocketAddr,
    router: Router,
    open: Mutex<Option<Runtime>>,
}

impl Door {
    /// Opens a door; port 0 takes a free one, which the door keeps.
    pub(crate) fn open(listen: SocketAddr, router: Router) -> io::Result<Self> {
        let (runtime, address) = serve(listen, router.clone())?;
        Ok(Self { address, router, open: Mutex::new(Some(runtime)) })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listener and drops every connection, before it returns.
    pub(crate) fn close(&self) {
        let runtime = self.runtime().take();
        let Some(runtime) = runtime else { return };
        // On a thread of its own, because a caller inside another runtime may not wait.
        let closing = std::thread::spawn(move || runtime.shutdown_timeout(CLOSE_WAIT));
        if closing.join().is_err() {
            tracing::error!("the door's runtime ended by a panic");
        }
    }

    /// Opens the same port again.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let mut open = self.runtime();
        if open.is_some() {
            return Ok(());
        }
        let begun = Instant::now();
        loop {
            match serve(self.address, self.router.clone()) {
                Ok((runtime, _)) => {
                    *open = Some(runtime);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && begun.elapsed() < PORT_WAIT => {
                    std::thread::yield_now();
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn runtime(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}

fn serve(listen: SocketAddr, router: Router) -> io::Result<(Runtime, SocketAddr)> {
    // Bound outside the runtime, so that a failure leaves nothing to take down from within it.
    let listener = std::net::TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime =
        Builder::new_multi_thread().worker_threads(THREADS).thread_name("hall-http").enable_all().build()?;
    let entered = runtime.enter();
    let listener = TcpListener::from_std(listener)?;
    drop(entered);
    runtime.spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the hall's port failed");
        }
    });
    Ok((runtime, address))
}
