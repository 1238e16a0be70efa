package io.metawal.testkit.object;

import java.time.Duration;

/** How a slow store passes time: really, or only by noting it down. */
@FunctionalInterface
public interface Pause {
    Pause NONE = duration -> {};

    void pause(Duration duration) throws InterruptedException;
}
