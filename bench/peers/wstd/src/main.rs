//! The wstd peer: NAME [ARG…], as the programs of bench/c; prints "name value".
//! It has no `sleep`: beside 10,000 timers its reactor does not end.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use wstd::http::{Body, Client, Request};
use wstd::runtime::{block_on, spawn};

/// wstd has no yield of its own; this is the usual one.
#[derive(Default)]
struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

fn number(index: usize, otherwise: u64) -> u64 {
    std::env::args().nth(index).map_or(otherwise, |text| text.parse().expect("a number"))
}

async fn switches(yields: u64, tasks: u64) -> u128 {
    let start = Instant::now();
    let all: Vec<_> = (0..tasks)
        .map(|_| {
            spawn(async move {
                for _ in 0..yields / tasks {
                    YieldNow::default().await;
                }
            })
        })
        .collect();
    for task in all {
        task.await;
    }
    start.elapsed().as_nanos()
}

async fn spawns<F: Future<Output = ()> + 'static>(
    tasks: u64,
    batch: u64,
    make: impl Fn() -> F,
) -> u128 {
    let mut all = Vec::with_capacity(batch as usize);
    let start = Instant::now();
    for _ in 0..tasks / batch {
        all.extend((0..batch).map(|_| spawn(make())));
        for task in all.drain(..) {
            task.await;
        }
    }
    start.elapsed().as_nanos()
}

async fn measured_spawns<F: Future<Output = ()> + 'static>(
    tasks: u64,
    batch: u64,
    make: impl Fn() -> F,
) -> f64 {
    spawns((tasks / 4 / batch + 1) * batch, batch, &make).await;
    spawns(tasks, batch, &make).await as f64 / tasks as f64
}

/// Bytes by which the memory grows for each task that waits, for ever.
async fn memory(tasks: u64) -> f64 {
    let before = core::arch::wasm32::memory_size::<0>();
    let all: Vec<_> = (0..tasks).map(|_| spawn(std::future::pending::<()>())).collect();
    YieldNow::default().await;
    let grown = core::arch::wasm32::memory_size::<0>() - before;
    std::mem::forget(all);
    grown as f64 * 65536.0 / tasks as f64
}

/// Microseconds per request, so many at a time.
async fn fetches(url: String, requests: u64, at_once: u64) -> f64 {
    let start = Instant::now();
    let all: Vec<_> = (0..at_once)
        .map(|_| {
            let url = url.clone();
            spawn(async move {
                let client = Client::new();
                for _ in 0..requests / at_once {
                    // Body::empty() is written, if only to its end, and the host may have closed it.
                    let none = Body::from_stream(futures_lite::stream::empty::<Vec<u8>>());
                    let request = Request::get(&url).body(none).expect("a request");
                    let response = client.send(request).await.expect("a response");
                    let mut body = response.into_body();
                    assert_eq!(body.contents().await.expect("a body").len(), 10);
                }
            })
        })
        .collect();
    for task in all {
        task.await;
    }
    start.elapsed().as_nanos() as f64 / 1e3 / (requests / at_once * at_once) as f64
}

async fn measure(name: &str) -> f64 {
    match name {
        "switch" => {
            let (yields, tasks) = (number(2, 1_000_000), number(3, 1));
            switches(yields / 4 + tasks, tasks).await;
            switches(yields, tasks).await as f64 / yields as f64
        }
        "spawn" => {
            let (tasks, yields, batch) = (number(2, 200_000), number(3, 1), number(4, 100));
            match yields {
                0 => measured_spawns(tasks, batch, || async {}).await,
                _ => measured_spawns(tasks, batch, YieldNow::default).await,
            }
        }
        "memory" => memory(number(2, 100_000)).await,
        "fetch" => {
            let url = std::env::args().nth(2).expect("a URL");
            fetches(url, number(3, 1000), number(4, 32)).await
        }
        _ => panic!("no program {name}"),
    }
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or("switch".into());
    let value = block_on(async { measure(&name).await });
    println!("{name} {value:.3}");
}
