package io.metawal.tools.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** One cluster's figures and complaints. What it says changes as the process follows, leads, or fails. */
public final class ClusterStatus {
    private static final String TAG = "cluster";

    private final String name;
    private final MeterRegistry registry;
    private final Consumer<Supplier<List<String>>> health;
    private final List<Meter> meters = new ArrayList<>();

    ClusterStatus(String name, MeterRegistry registry, Consumer<Supplier<List<String>>> health) {
        this.name = name;
        this.registry = registry;
        this.health = health;
    }

    /** Begins anew: what was said before is not true any more. */
    void now(Supplier<List<String>> complaints) {
        meters.forEach(registry::remove);
        meters.clear();
        health.accept(complaints);
    }

    /** Nothing more will come of this cluster. */
    public void failed(String why) {
        now(() -> List.of("stopped: " + why));
    }

    <T> void gauge(String metric, String description, T of, ToDoubleFunction<T> value) {
        meters.add(Gauge.builder(metric, of, value)
                .description(description)
                .tag(TAG, name)
                .strongReference(true)
                .register(registry));
    }

    <T> void counter(String metric, String description, T of, ToDoubleFunction<T> value) {
        meters.add(FunctionCounter.builder(metric, of, value)
                .description(description)
                .tag(TAG, name)
                .register(registry));
    }
}
