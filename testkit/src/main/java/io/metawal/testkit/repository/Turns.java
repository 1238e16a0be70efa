package io.metawal.testkit.repository;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lets several tasks run one at a time, and chooses at each of their steps who goes on: a race as a seed. Each task is a thread;
 * it stops at every {@link #pass}, and goes on when it is its turn.
 */
public final class Turns {
    private final RandomGenerator random;
    private final int stickiness;
    private final List<Thread> waiting = new ArrayList<>();
    private @Nullable Thread turn;
    private @Nullable Thread last;
    private @Nullable Throwable failure;
    private int alive;

    /** @param stickiness of ten turns, how many stay with who has it, if they can */
    public Turns(RandomGenerator random, int stickiness) {
        this.random = random;
        this.stickiness = stickiness;
    }

    /** What one thread does. */
    @FunctionalInterface
    public interface Task {
        void run() throws Exception;
    }

    /** Runs all to their ends; throws what the first to fail threw. */
    public void run(List<Task> tasks) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        synchronized (this) {
            alive = tasks.size();
            for (Task task : tasks) {
                Thread thread = new Thread(() -> live(task), "task-" + threads.size());
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
            while (alive > 0) {
                while (waiting.size() < alive || turn != null) {
                    wait();
                }
                if (alive > 0) {
                    choose();
                }
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failed = failure;
        if (failed != null) {
            throw new AssertionError(failed.toString(), failed);
        }
    }

    private void live(Task task) {
        Throwable thrown = null;
        try {
            pass();
            task.run();
        } catch (Exception | Error e) {
            thrown = e;
        }
        synchronized (this) {
            if (failure == null) {
                failure = thrown;
            }
            alive--;
            turn = null;
            notifyAll();
        }
    }

    private void choose() {
        // The order in which threads came to wait is chance; their names are not.
        waiting.sort((a, b) -> a.getName().compareTo(b.getName()));
        Thread next = waiting.get(random.nextInt(waiting.size()));
        if (last != null && waiting.contains(last) && random.nextInt(10) < stickiness) {
            next = last;
        }
        last = next;
        turn = next;
        waiting.remove(next);
        notifyAll();
    }

    /** Called by a task where others may come between. */
    public synchronized void pass() {
        Thread me = Thread.currentThread();
        waiting.add(me);
        if (turn == me) {
            turn = null;
        }
        notifyAll();
        while (turn != me) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a task", e);
            }
        }
    }
}
