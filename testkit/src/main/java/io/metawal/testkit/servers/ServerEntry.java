package io.metawal.testkit.servers;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server or client program in one version, or in the one that the machine has, and the places where it may be, best first. */
public final class ServerEntry {
    private final String name;
    private final String wanted;
    private final String systems;
    private final String howToGet;
    private final List<Place> places;
    private final @Nullable String variable;
    private Optional<FoundServer> found = Optional.empty();
    private boolean looked;

    /**
     * @param name what {@code METAWAL_REQUIRE_SERVERS} calls it
     * @param wanted the version
     * @param systems where it can be had
     * @param howToGet what to do where it is missing
     */
    ServerEntry(String name, String wanted, String systems, String howToGet, List<Place> places) {
        this(name, wanted, systems, howToGet, places, null);
    }

    private ServerEntry(
            String name,
            String wanted,
            String systems,
            String howToGet,
            List<Place> places,
            @Nullable String variable) {
        this.name = name;
        this.wanted = wanted;
        this.systems = systems;
        this.howToGet = howToGet;
        this.places = places;
        this.variable = variable;
    }

    /** The same, where a variable of the environment may also name a running server for {@link #useShared}. */
    ServerEntry orRunning(String name) {
        return new ServerEntry(this.name, wanted, systems, howToGet, places, name);
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

    /** The value of the variable that names a running server, where it is set. */
    public Optional<String> running() {
        return Optional.ofNullable(variable).flatMap(Places::value);
    }

    /** The running server that the variable names, where it is set. */
    Optional<FoundServer> findRunning() {
        return Optional.ofNullable(variable)
                .flatMap(name -> Places.running(name).look());
    }

    /**
     * The server, recorded as used by the calling test. Where this machine does not have it, that is recorded, and the test is
     * aborted: JUnit reports it as skipped, and {@code bin/servers} lists it. {@code METAWAL_REQUIRE_SERVERS} makes that a failure.
     */
    public FoundServer use() {
        return use(find(), ServerRequirement.ofEnvironment());
    }

    /** As {@link #use}, for a test that stops and configures nothing: the running server where the variable names one. */
    public FoundServer useShared() {
        return use(findRunning().or(this::find), ServerRequirement.ofEnvironment());
    }

    FoundServer use(Optional<FoundServer> here, ServerRequirement requirement) {
        ServerUses.record(this, here);
        if (here.isEmpty()) {
            String text = "this machine has no " + name + " " + wanted + ": " + advice();
            if (requirement.requires(this)) {
                throw new AssertionError(text);
            }
            throw Skipping.of(text);
        }
        return here.get();
    }

    /** Apart, so that {@code bin/servers} needs no library of JUnit's. */
    private static final class Skipping {
        static RuntimeException of(String text) {
            return new org.opentest4j.TestAbortedException(text);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
