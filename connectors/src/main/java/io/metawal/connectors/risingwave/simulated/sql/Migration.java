package io.metawal.connectors.risingwave.simulated.sql;

import io.metawal.connectors.sql.row.SqlEngine;
import java.util.ArrayList;
import java.util.List;

/** One migration of the meta store, which a meta node runs when it starts where {@code seaql_migrations} has no row of it. */
public final class Migration {
    private final String name;
    private final List<Step> steps;

    Migration(String name, List<Step> steps) {
        this.name = name;
        this.steps = List.copyOf(steps);
    }

    /** As it stands in {@code seaql_migrations}. */
    public String name() {
        return name;
    }

    List<Step> steps() {
        return steps;
    }

    /** What an engine runs for it, the row of {@code seaql_migrations} last. */
    public List<String> statements(SqlEngine engine, long appliedAtSeconds) {
        Ddl ddl = new Ddl(engine);
        List<String> statements = new ArrayList<>();
        steps.stream().filter(step -> step.isFor(engine)).forEach(step -> statements.addAll(ddl.statements(step)));
        statements.add(
                "INSERT INTO seaql_migrations (version, applied_at) VALUES ('" + name + "', " + appliedAtSeconds + ")");
        return statements;
    }

    @Override
    public String toString() {
        return name;
    }
}
