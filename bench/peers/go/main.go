// The Go peer: NAME [ARG…], as the programs of bench/c; prints "name value".
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

func number(index int, otherwise int) int {
	if len(os.Args) <= index {
		return otherwise
	}
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		fmt.Fprintln(os.Stderr, "not a number:", os.Args[index])
		os.Exit(2)
	}
	return value
}

func switches(yields, tasks int) time.Duration {
	var all sync.WaitGroup
	start := time.Now()
	for i := 0; i < tasks; i++ {
		all.Add(1)
		go func() {
			for left := yields / tasks; left > 0; left-- {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
	return time.Since(start)
}

func spawns(tasks, batch int, fn func()) time.Duration {
	var all sync.WaitGroup
	start := time.Now()
	for done := 0; done < tasks; done += batch {
		all.Add(batch)
		for i := 0; i < batch; i++ {
			go func() {
				fn()
				all.Done()
			}()
		}
		all.Wait()
	}
	return time.Since(start)
}

func sleeps(tasks int, duration time.Duration) time.Duration {
	var all sync.WaitGroup
	all.Add(tasks)
	start := time.Now()
	for i := 0; i < tasks; i++ {
		go func() {
			time.Sleep(duration)
			all.Done()
		}()
	}
	all.Wait()
	return time.Since(start)
}

func queue(items, capacity int) time.Duration {
	channel, end := make(chan int64, capacity), make(chan int64)
	start := time.Now()
	go func() {
		for item := 0; item < items; item++ {
			channel <- int64(item)
		}
	}()
	go func() {
		var sum int64
		for i := 0; i < items; i++ {
			sum += <-channel
		}
		end <- sum
	}()
	<-end
	return time.Since(start)
}

// Bytes taken from the system per sleeping goroutine.
func memory(tasks int) float64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; i < tasks; i++ {
		go time.Sleep(time.Hour)
	}
	time.Sleep(100 * time.Millisecond)
	runtime.ReadMemStats(&after)
	return float64(after.Sys-before.Sys) / float64(tasks)
}

func main() {
	name := "switch"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	var value float64
	switch name {
	case "switch":
		yields, tasks := number(2, 1000000), number(3, 1)
		switches(yields/4+tasks, tasks)
		value = float64(switches(yields, tasks).Nanoseconds()) / float64(yields)
	case "spawn":
		tasks, yields, batch := number(2, 200000), number(3, 1), number(4, 100)
		fn := func() {}
		if yields > 0 {
			fn = runtime.Gosched
		}
		spawns((tasks/4/batch+1)*batch, batch, fn)
		value = float64(spawns(tasks, batch, fn).Nanoseconds()) / float64(tasks)
	case "sleep":
		tasks, duration := number(2, 10000), number(3, 10)
		sleeps(tasks, time.Millisecond)
		took := sleeps(tasks, time.Duration(duration)*time.Millisecond)
		value = float64(took.Microseconds()) / 1000
	case "queue":
		items, capacity := number(2, 1000000), number(3, 64)
		queue(items/4+1, capacity)
		value = float64(queue(items, capacity).Nanoseconds()) / float64(items)
	case "memory":
		value = memory(number(2, 100000))
	default:
		fmt.Fprintln(os.Stderr, "no program", name)
		os.Exit(2)
	}
	fmt.Printf("%s %.3f\n", name, value)
}
