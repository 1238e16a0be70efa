package io.metawal.bench;

import io.metawal.bench.Rounds.Times;
import io.metawal.testkit.kafka.KafkaBroker;
import io.metawal.wal.kafka.KafkaLog;
import io.metawal.wal.kafka.KafkaLogConfig;
import io.metawal.wal.kafka.KafkaUrl;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What sequencing, chaining, checksums and acknowledgements cost over Kafka's own producer. */
final class AppendKafka implements Benchmark {
    private static final int FRAME_BYTES = 24;
    private static final int BATCH_BYTES = 512 << 10;
    private static final int GROUP_BYTES = 4 << 20;

    @Override
    public String name() {
        return "append-kafka";
    }

    @Override
    public String says() {
        return "one writer, commits of one 1 KiB value, acknowledged by a Kafka broker on this machine (one replica, which"
                + " acknowledges before the disk has them); against the bare producer with the same acks=all, batches and"
                + " bytes, in transactions of 4 MiB as the log's are at most, and without transactions.";
    }

    @Override
    public void run(Setting setting, Report report) throws Exception {
        int appends = setting.scale().bufferedAppends();
        try (KafkaBroker broker = KafkaBroker.start()) {
            List<Times> times = Rounds.measure(
                    setting.scale().rounds(),
                    List.of(
                            Contender.of("bare producer, in transactions", () -> bare(broker, appends, true)),
                            Contender.of("bare producer, no transactions", () -> bare(broker, appends, false)),
                            Contender.of("metawal on Kafka", () -> ours(broker, appends))));
            report.rate(times.get(0), appends, "appends/s", null, null);
            report.rate(times.get(1), appends, "appends/s", times.get(0), null);
            report.rate(times.get(2), appends, "appends/s", times.get(0), new Aim(0.8, "the bare producer"));
        }
    }

    private static long ours(KafkaBroker broker, int appends) {
        KafkaUrl url = KafkaUrl.parse(broker.url("metawal-" + UUID.randomUUID()));
        try (KafkaLog log = KafkaLog.open(
                KafkaLogConfig.of(url, "bench", io.metawal.metadata.commit.Position.START, InstantSource.system()))) {
            log.append(LogAppends.draft(0)).join();
            long start = System.nanoTime();
            LogAppends.stream(log, appends);
            return System.nanoTime() - start;
        }
    }

    private static long bare(KafkaBroker broker, int appends, boolean transactions) throws Exception {
        byte[] value = new byte[LogAppends.record().length + FRAME_BYTES];
        String topic = "bare-" + UUID.randomUUID();
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (Producer<byte[], byte[]> producer = producer(broker, transactions)) {
            if (transactions) {
                producer.initTransactions();
            }
            write(producer, topic, value, 1, transactions);
            long start = System.nanoTime();
            write(producer, topic, value, appends, transactions);
            return System.nanoTime() - start;
        }
    }

    private static void write(
            Producer<byte[], byte[]> producer, String topic, byte[] value, int appends, boolean transactions) {
        int group = Math.max(1, GROUP_BYTES / value.length);
        for (int done = 0; done < appends; done += group) {
            if (transactions) {
                producer.beginTransaction();
            }
            for (int n = done; n < Math.min(appends, done + group); n++) {
                var unused = producer.send(new ProducerRecord<>(topic, 0, null, value));
            }
            if (transactions) {
                producer.commitTransaction();
            }
        }
        producer.flush();
    }

    private static Producer<byte[], byte[]> producer(KafkaBroker broker, boolean transactions) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers",
                broker.endpoint(),
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                0,
                "retry.backoff.ms",
                2,
                "batch.size",
                BATCH_BYTES,
                "compression.type",
                "none"));
        if (transactions) {
            settings.put("transactional.id", "bare-" + UUID.randomUUID());
        }
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
