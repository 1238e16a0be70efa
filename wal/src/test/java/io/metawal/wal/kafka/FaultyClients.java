package io.metawal.wal.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;

/** Real clients whose producers fail at a transaction's end, as told: before it was done or after. */
final class FaultyClients extends KafkaClients {
    enum Fault {
        NONE,
        TIMEOUT_BEFORE,
        TIMEOUT_AFTER,
        FENCED_BEFORE,
        EPOCH_AFTER
    }

    private final Supplier<Fault> faults;

    FaultyClients(KafkaLogConfig config, Supplier<Fault> faults) {
        super(config);
        this.faults = faults;
    }

    @Override
    @SuppressWarnings("unchecked")
    Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> real = super.producer();
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                FaultyClients.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    try {
                        if (!method.getName().equals("commitTransaction")) {
                            return method.invoke(real, arguments);
                        }
                        commit(real, faults.get());
                        return null;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void commit(Producer<byte[], byte[]> real, Fault fault) {
        switch (fault) {
            case NONE -> real.commitTransaction();
            case TIMEOUT_BEFORE -> throw new TimeoutException("the test says so, before");
            case TIMEOUT_AFTER -> {
                real.commitTransaction();
                throw new TimeoutException("the test says so, after");
            }
            case FENCED_BEFORE -> throw new ProducerFencedException("the test says so, before");
            case EPOCH_AFTER -> {
                real.commitTransaction();
                throw new InvalidProducerEpochException("the test says so, after");
            }
        }
    }
}
