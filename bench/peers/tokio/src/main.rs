//! The tokio peer: NAME [ARG…], as the programs of bench/c; prints "name value".

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::yield_now;

fn number(index: usize, otherwise: u64) -> u64 {
    std::env::args().nth(index).map_or(otherwise, |text| text.parse().expect("a number"))
}

async fn switches(yields: u64, tasks: u64) -> Duration {
    let start = Instant::now();
    let all: Vec<_> = (0..tasks)
        .map(|_| {
            tokio::spawn(async move {
                for _ in 0..yields / tasks {
                    yield_now().await;
                }
            })
        })
        .collect();
    for task in all {
        task.await.unwrap();
    }
    start.elapsed()
}

async fn spawns<F: Future<Output = ()> + Send + 'static>(
    tasks: u64,
    batch: u64,
    make: impl Fn() -> F,
) -> Duration {
    let mut all = Vec::with_capacity(batch as usize);
    let start = Instant::now();
    for _ in 0..tasks / batch {
        all.extend((0..batch).map(|_| tokio::spawn(make())));
        for task in all.drain(..) {
            task.await.unwrap();
        }
    }
    start.elapsed()
}

async fn measured_spawns<F: Future<Output = ()> + Send + 'static>(
    tasks: u64,
    batch: u64,
    make: impl Fn() -> F,
) -> f64 {
    spawns((tasks / 4 / batch + 1) * batch, batch, &make).await;
    spawns(tasks, batch, &make).await.as_nanos() as f64 / tasks as f64
}

async fn sleeps(tasks: u64, duration: Duration) -> Duration {
    let start = Instant::now();
    let all: Vec<_> =
        (0..tasks).map(|_| tokio::spawn(tokio::time::sleep(duration))).collect();
    for task in all {
        task.await.unwrap();
    }
    start.elapsed()
}

/// Bytes by which the memory grows for each sleeping task.
async fn memory(tasks: u64) -> f64 {
    let before = core::arch::wasm32::memory_size::<0>();
    let all: Vec<_> =
        (0..tasks).map(|_| tokio::spawn(tokio::time::sleep(Duration::from_secs(3600)))).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let grown = core::arch::wasm32::memory_size::<0>() - before;
    for task in all {
        task.abort();
    }
    grown as f64 * 65536.0 / tasks as f64
}

async fn measure(name: &str) -> f64 {
    match name {
        "switch" => {
            let (yields, tasks) = (number(2, 1_000_000), number(3, 1));
            switches(yields / 4 + tasks, tasks).await;
            switches(yields, tasks).await.as_nanos() as f64 / yields as f64
        }
        "spawn" => {
            let (tasks, yields, batch) = (number(2, 200_000), number(3, 1), number(4, 100));
            match yields {
                0 => measured_spawns(tasks, batch, || async {}).await,
                _ => measured_spawns(tasks, batch, yield_now).await,
            }
        }
        "sleep" => {
            let (tasks, duration) = (number(2, 10_000), number(3, 10));
            sleeps(tasks, Duration::from_millis(1)).await;
            sleeps(tasks, Duration::from_millis(duration)).await.as_secs_f64() * 1e3
        }
        "memory" => memory(number(2, 100_000)).await,
        _ => panic!("no program {name}"),
    }
}

fn main() {
    let name = std::env::args().nth(1).unwrap_or("switch".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // Spawned: the future of block_on is polled outside of tokio's queue, and slower.
    let value = runtime.block_on(async {
        let task_name = name.clone();
        tokio::spawn(async move { measure(&task_name).await }).await.unwrap()
    });
    println!("{name} {value:.3}");
}
