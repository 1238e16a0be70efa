package io.metawal.testkit.servers;

import java.util.List;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** A server in one version, or in the one that the machine has, and the places where it may be, best first. */
public final class ServerEntry {
    private final String name;
    private final String wanted;
    private final String systems;
    private final String howToGet;
    private final List<Place> places;
    private Optional<FoundServer> found = Optional.empty();
    private boolean looked;

    /**
     * @param name what {@code METAWAL_REQUIRE_SERVERS} calls it
     * @param wanted the version
     * @param systems where it can be had
     * @param howToGet what to do where it is missing
     */
    ServerEntry(String name, String wanted, String systems, String howToGet, List<Place> places) {
        this.name = name;
        this.wanted = wanted;
        this.systems = systems;
        this.howToGet = howToGet;
        this.places = places;
    }

    public String name() {
        return name;
    }

    String wanted() {
        return wanted;
    }

    /** Why it is missing where it is, and how to get it. */
    String advice() {
        return howToGet + " (" + systems + ")";
    }

    /** The server, where this machine has it; looked for once in a JVM. Not recorded as used. */
    public synchronized Optional<FoundServer> find() {
        if (!looked) {
            found = places.stream().flatMap(place -> place.look().stream()).findFirst();
            looked = true;
        }
        return found;
    }

    /**
     * The server, recorded as used by the calling test. Where this machine does not have it, that is recorded, and the test is
     * aborted: JUnit reports it as skipped, and {@code bin/servers} lists it. {@code METAWAL_REQUIRE_SERVERS} makes that a failure.
     */
    public FoundServer use() {
        Optional<FoundServer> here = find();
        ServerUses.record(this, here);
        if (here.isEmpty()) {
            String text = "this machine has no " + name + " " + wanted + ": " + advice();
            if (ServerRequirement.ofEnvironment().requires(this)) {
                throw new AssertionError(text);
            }
            throw new TestAbortedException(text);
        }
        return here.get();
    }

    @Override
    public String toString() {
        return name;
    }
}
