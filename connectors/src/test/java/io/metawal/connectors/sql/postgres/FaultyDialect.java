package io.metawal.connectors.sql.postgres;

import io.metawal.connectors.sql.cdc.BaseRead;
import io.metawal.connectors.sql.cdc.CdcDialect;
import io.metawal.connectors.sql.cdc.FeedRecord;
import io.metawal.connectors.sql.cdc.FieldForm;
import io.metawal.connectors.sql.cdc.SqlPosition;
import io.metawal.connectors.sql.row.SqlColumn;
import io.metawal.connectors.sql.row.SqlTable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A dialect whose capture fails, once, at the n-th record of a transaction that it is told. */
final class FaultyDialect implements CdcDialect {
    private final CdcDialect inner;
    private final Supplier<RuntimeException> fault;
    private int left;
    private int told;

    FaultyDialect(CdcDialect inner, int failAt, Supplier<RuntimeException> fault) {
        this.inner = inner;
        this.left = failAt;
        this.fault = fault;
    }

    int told() {
        return told;
    }

    @Override
    public String transaction(String name) {
        told++;
        if (--left == 0) {
            throw fault.get();
        }
        return inner.transaction(name);
    }

    @Override
    public void reconnect() {
        inner.reconnect();
    }

    @Override
    public String toString() {
        return inner.toString();
    }

    @Override
    public String identity() {
        return inner.identity();
    }

    @Override
    public Optional<String> lost(SqlPosition at) {
        return inner.lost(at);
    }

    @Override
    public Optional<String> lostMeanwhile(SqlPosition at) {
        return inner.lostMeanwhile(at);
    }

    @Override
    public List<SqlTable> describe() {
        return inner.describe();
    }

    @Override
    public String layout() {
        return inner.layout();
    }

    @Override
    public Optional<String> untold(Collection<SqlTable> tables, String before, String now) {
        return inner.untold(tables, before, now);
    }

    @Override
    public SqlPosition keeping(SqlPosition at, String layout) {
        return inner.keeping(at, layout);
    }

    @Override
    public String kept(SqlPosition at) {
        return inner.kept(at);
    }

    @Override
    public Optional<String> prepare(Collection<SqlTable> tables) {
        return inner.prepare(tables);
    }

    @Override
    public BaseRead openBase(Collection<SqlTable> tables) {
        return inner.openBase(tables);
    }

    @Override
    public Properties feed(SqlPosition from, Collection<SqlTable> tables) {
        return inner.feed(from, tables);
    }

    @Override
    public SqlPosition after(Map<String, ?> endOffset) {
        return inner.after(endOffset);
    }

    @Override
    public long commitMicros(Map<String, ?> endOffset, long endMillis) {
        return inner.commitMicros(endOffset, endMillis);
    }

    @Override
    public Object value(SqlColumn column, FieldForm form, Object value) {
        return inner.value(column, form, value);
    }

    @Override
    public LogMark mark() {
        return inner.mark();
    }

    @Override
    public @Nullable SqlPosition reached(LogMark mark, FeedRecord record) {
        return inner.reached(mark, record);
    }

    @Override
    public void close() {
        inner.close();
    }
}
