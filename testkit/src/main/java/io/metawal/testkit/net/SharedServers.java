package io.metawal.testkit.net;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The servers of one kind that the tests of this JVM share, by what is special about each: one starts when it is first asked for,
 * and ends with the JVM. What a test gets from here cannot be stopped, killed or closed.
 *
 * @param <S> the kind of server
 */
public final class SharedServers<S> {
    private final Map<Object, S> started = new HashMap<>();

    /** The server with these properties, started by {@code start} where there is none yet. */
    public synchronized S get(Object properties, Supplier<S> start) {
        S known = started.get(properties);
        if (known == null) {
            known = start.get();
            started.put(properties, known);
        }
        return known;
    }
}
