package io.metawal.metadata.port;

import io.metawal.metadata.commit.EntryKey;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The forms that the connectors on the class path bring with them. */
public final class MonotonicForms {
    private static final List<MonotonicForm> ALL =
            ServiceLoader.load(MonotonicForm.class, MonotonicForms.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();

    private MonotonicForms() {}

    /** The one that is about a key; empty where its value alone says how far it is. */
    public static Optional<MonotonicForm> of(EntryKey key) {
        for (MonotonicForm form : ALL) {
            if (form.fits(key)) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /** Whether a key that the point of a restore does not have, and newer history has, is left out of the target. */
    public static boolean leavesOut(EntryKey key) {
        return of(key).filter(form -> form.later(key) == MonotonicForm.Later.LEFT_OUT)
                .isPresent();
    }
}
