package io.metawal.connectors.risingwave.outside;

import io.metawal.connectors.risingwave.files.HummockParameters;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.port.ForwardingTarget;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A target of a RisingWave whose report, planned or of the run, also says what was not rewound. */
public final class OutsideTarget extends ForwardingTarget {
    private final SchemaHistory histories;
    private final Map<String, String> changed;
    private OutsideState state = new OutsideState();

    /** Looks for schema histories in a data directory. */
    @FunctionalInterface
    public interface SchemaHistory {
        /** For where no files are looked for. */
        SchemaHistory UNSEEN = (sources, parameters) -> Set.of();

        /** Those of the sources that have none. */
        Set<String> missing(Collection<String> sources, HummockParameters parameters);
    }

    /** @param changed system parameters that the restored cluster has other values of, by name */
    public OutsideTarget(RestoreTarget target, SchemaHistory histories, Map<String, String> changed) {
        super(target);
        this.histories = histories;
        this.changed = Map.copyOf(changed);
    }

    @Override
    public void prepare(RestorePoint point) {
        state = new OutsideState();
        super.prepare(point);
    }

    @Override
    public void examine(Entry entry) {
        state.add(entry);
        super.examine(entry);
    }

    @Override
    public RestoreReport ready() {
        return reported(super.ready());
    }

    @Override
    public void write(Entry entry) {
        state.add(entry);
        super.write(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        // Found out before anything can be seen: what comes after a restore must not make it fail.
        List<String> outside = notes();
        return withNotes(super.publish(beforeVisible), outside);
    }

    private RestoreReport reported(RestoreReport report) {
        return withNotes(report, notes());
    }

    private static RestoreReport withNotes(RestoreReport report, List<String> more) {
        List<String> notes = new ArrayList<>(report.notes());
        notes.addAll(more);
        return report.withNotes(notes);
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>(state.notes());
        Set<String> sources = state.withSchemaHistory();
        if (!sources.isEmpty()) {
            Map<String, String> parameters = new HashMap<>(state.parameters());
            parameters.putAll(changed);
            Set<String> missing = histories.missing(sources, HummockParameters.of(parameters));
            if (!missing.isEmpty()) {
                notes.add(OutsideNotes.withoutHistory(missing));
            }
        }
        return notes;
    }
}
