package io.metawal.tools.engine;

import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.fault.SourceChangedException;
import java.util.Optional;

/** That what came from sources of different kinds does not mix on one timeline. */
public final class SourceKinds {
    private SourceKinds() {}

    /** For commits of a program's own: refused where an import or a capture filled the timeline, since the next one would delete them. */
    public static void requireOwn(Engine engine) {
        SourcePosition.newest(engine)
                .filter(record -> ours(engine, record))
                .filter(record -> !record.commit().body().sourcePosition().isEmpty())
                .ifPresent(record -> {
                    throw mixed(engine, record, "commits of another kind");
                });
    }

    /** For an import: refused where commits of another kind are there. What a fork began with may be of the same service's other kinds. */
    public static void requireImport(Engine engine, String origin) {
        SourcePosition.newest(engine)
                .filter(record -> {
                    String there = record.commit().body().origin();
                    return ours(engine, record)
                            ? !there.equals(origin)
                            : !service(there).equals(service(origin));
                })
                .ifPresent(record -> {
                    throw mixed(engine, record, "what is imported as \"" + origin + "\"");
                });
    }

    private static boolean ours(Engine engine, CommitRecord record) {
        return record.timeline() == engine.log().head().timeline();
    }

    /** {@code risingwave} of {@code risingwave-backup}. */
    private static String service(String origin) {
        int dash = origin.indexOf('-');
        return dash < 0 ? origin : origin.substring(0, dash);
    }

    private static SourceChangedException mixed(Engine engine, CommitRecord record, String what) {
        Optional<String> origin = Optional.of(record.commit().body().origin()).filter(text -> !text.isEmpty());
        return new SourceChangedException("timeline " + engine.log().head().timeline() + " holds commits of \""
                + origin.orElse("an unnamed source") + "\", the newest seq " + record.seq() + ": " + what
                + " has no place in it. Nothing was taken; give it a repository of its own, or another --timeline");
    }
}
