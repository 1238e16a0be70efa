package io.metawal.metadata.port;

import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import java.util.List;

/** A target that hands everything on to another; for those that do one thing besides. */
public abstract class ForwardingTarget implements RestoreTarget {
    private final RestoreTarget target;

    protected ForwardingTarget(RestoreTarget target) {
        this.target = target;
    }

    @Override
    public String describe() {
        return target.describe();
    }

    @Override
    public boolean staged() {
        return target.staged();
    }

    @Override
    public boolean readsBack() {
        return target.readsBack();
    }

    @Override
    public void check(RestorePoint point) {
        target.check(point);
    }

    @Override
    public void examine(Entry entry) {
        target.examine(entry);
    }

    @Override
    public RestoreReport ready() {
        return target.ready();
    }

    @Override
    public void prepare(RestorePoint point) {
        target.prepare(point);
    }

    @Override
    public void write(Entry entry) {
        target.write(entry);
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        return target.publish(beforeVisible);
    }

    @Override
    public List<String> differences(EntryIterator given, int keysMax) {
        return target.differences(given, keysMax);
    }

    @Override
    public void close() {
        target.close();
    }
}
