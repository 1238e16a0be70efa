package io.metawal.testkit.servers;

import java.util.Optional;

/** A place where a server may be. */
@FunctionalInterface
interface Place {
    /** The server, where it is there. Starts nothing that stays. */
    Optional<FoundServer> look();
}
