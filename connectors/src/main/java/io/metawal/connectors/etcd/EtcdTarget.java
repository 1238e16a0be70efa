package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EntryMapping;
import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.etcd.rpc.EtcdMembers;
import io.metawal.connectors.etcd.rpc.FencedWrites;
import io.metawal.connectors.etcd.rpc.PagedRange;
import io.metawal.connectors.etcd.rpc.RequestProbe;
import io.metawal.connectors.etcd.rpc.WritePipeline;
import io.metawal.metadata.fault.DiskFullException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.Interruptible;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.MismatchException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.metadata.image.Digest;
import io.metawal.metadata.image.Entry;
import io.metawal.metadata.image.EntryIterator;
import io.metawal.metadata.port.RestorePoint;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.metadata.port.RestoreTarget;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An etcd, or a prefix of one, as the place of a restore. Keys come back as they were; the prefix says which of them, and which
 * range must be empty. Not staged: keys can be seen as they are written, and a marker key says until the end that there are more to come. The
 * marker comes with the first key, so that an image that cannot go into an etcd leaves nothing behind. For one thread.
 */
public final class EtcdTarget implements RestoreTarget {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdTarget.class);

    private final EtcdOptions options;
    private final LeasedKeys leasedKeys;
    private final WritePipeline.Limits limits;
    private final Runnable beforePublished;
    private final EtcdClient client;
    private final ByteString markerKey;
    private final EtcdReadBack readBack;
    private final TargetTally tally = new TargetTally();
    private final TargetTally examined = new TargetTally();
    private WritePipeline.Limits accepted;
    /** Whether an unfinished restore of the same point was found: what is to be written is partly there. */
    private boolean begun;

    private @Nullable RestoreMarker wanted;
    private @Nullable RestoreMarker marker;
    private @Nullable FencedWrites writes;
    private @Nullable WritePipeline pipeline;

    public EtcdTarget(EtcdOptions options, LeasedKeys leasedKeys) {
        this(options, leasedKeys, WritePipeline.Limits.DEFAULT);
    }

    EtcdTarget(EtcdOptions options, LeasedKeys leasedKeys, WritePipeline.Limits limits) {
        this(options, leasedKeys, limits, () -> {});
    }

    private EtcdTarget(
            EtcdOptions options, LeasedKeys leasedKeys, WritePipeline.Limits limits, Runnable beforePublished) {
        this.options = options;
        this.leasedKeys = leasedKeys;
        this.limits = limits;
        this.accepted = limits;
        this.beforePublished = beforePublished;
        this.client = new EtcdClient(options.address());
        this.markerKey = RestoreMarker.keyUnder(options.prefix());
        this.readBack = new EtcdReadBack(client, options, markerKey);
    }

    /** @param beforePublished done once all keys are written and read back, while the marker still says that it is not finished */
    public static EtcdTarget withLastStep(EtcdOptions options, Runnable beforePublished) {
        return new EtcdTarget(options, LeasedKeys.WITHOUT_LEASE, WritePipeline.Limits.DEFAULT, beforePublished);
    }

    /** Whether a key is the one that stands in an etcd as long as a restore into the whole of it is under way. */
    public static boolean marks(ByteString key) {
        return key.equals(RestoreMarker.keyUnder(ByteString.EMPTY));
    }

    @Override
    public String describe() {
        return options.toString();
    }

    @Override
    public boolean staged() {
        return false;
    }

    @Override
    public void check(RestorePoint point) {
        look(RestoreMarker.of(point, leasedKeys, ""), RestoreMarker::ofSamePoint);
    }

    @Override
    public void examine(Entry entry) {
        sort(entry, examined);
    }

    @Override
    public RestoreReport ready() {
        Entry largest = examined.largest();
        if (largest != null) {
            accepted = uninterrupted(() -> new RequestProbe(client).within(limits, largest, examined.bytes()));
            if (!begun) {
                requireRoom(examined.bytes());
            }
        }
        return examined.report(leasedKeys);
    }

    /**
     * Keys and values are the least that they take in etcd's database. Not asked of a restore that goes on: what the first try wrote has
     * taken its room already, and counts as part of the image too.
     */
    private void requireRoom(long bytes) {
        long room = uninterrupted(() -> new EtcdMembers(client).room());
        if (bytes > room) {
            throw new DiskFullException(
                    options + " has room for " + room + " bytes within its quota, and what is to be"
                            + " restored has " + bytes + ". Nothing was written: start it with a larger"
                            + " --quota-backend-bytes, and restore again",
                    null);
        }
    }

    private void look(RestoreMarker wanted, BiPredicate<RestoreMarker, RestoreMarker> mayGoOn) {
        uninterrupted(() -> {
            EtcdClient.Stored found = client.find(markerKey);
            if (found == null && client.count(options.range()) > 0) {
                throw notEmpty("");
            }
            RestoreMarker restore = found == null ? wanted : resumable(found, wanted, mayGoOn);
            begun = found != null;
            return restore;
        });
    }

    @Override
    public void prepare(RestorePoint point) {
        prepare(point, "");
    }

    /**
     * As of {@link #prepare(RestorePoint)}. Nothing is written yet: that comes with the first entry that can be.
     *
     * @param content what is going to be written depends on more than the point; this tells it from anything else
     */
    public void prepare(RestorePoint point, String content) {
        RestoreMarker restore = RestoreMarker.of(point, leasedKeys, content);
        look(restore, RestoreMarker::sameAs);
        wanted = restore;
    }

    /** The claim, made once. */
    private WritePipeline claimed() {
        WritePipeline out = pipeline;
        if (out == null) {
            RestoreMarker restore = Objects.requireNonNull(wanted, "prepare comes first");
            RestoreMarker under = uninterrupted(() -> claimOrResume(restore));
            marker = under;
            out = new WritePipeline(
                    Objects.requireNonNull(writes),
                    accepted,
                    key -> under.upTo(key).bytes());
            pipeline = out;
        }
        return out;
    }

    private RestoreMarker claimOrResume(RestoreMarker wanted) throws InterruptedException {
        EtcdClient.Stored found = client.find(markerKey);
        if (found == null) {
            writes = FencedWrites.claim(client, options.range(), markerKey, wanted.bytes());
            if (writes == null) {
                throw notEmpty("");
            }
            return wanted;
        }
        RestoreMarker unfinished = resumable(found, wanted, RestoreMarker::sameAs);
        LOG.info("{}: going on with an unfinished restore of {}", options, wanted.describe());
        writes = FencedWrites.resume(client, markerKey, found);
        return unfinished;
    }

    private RestoreMarker resumable(
            EtcdClient.Stored found, RestoreMarker wanted, BiPredicate<RestoreMarker, RestoreMarker> mayGoOn)
            throws InterruptedException {
        RestoreMarker unfinished = RestoreMarker.parse(found.value());
        if (unfinished == null || !unfinished.ofSamePoint(wanted)) {
            throw notEmpty(". It is what an unfinished restore of "
                    + (unfinished == null ? "unknown origin" : unfinished.describe())
                    + " left: repeat that one to finish it");
        }
        if (!mayGoOn.test(unfinished, wanted)) {
            throw notEmpty(". It is what an unfinished restore of " + unfinished.describe()
                    + " left, and this is one of the same point, but repeated with other options, or from ids that have"
                    + " come further since: what it would write differs. Repeat it as it was begun");
        }
        return unfinished;
    }

    private MetawalException notEmpty(String more) throws InterruptedException {
        Entry example = new PagedRange(client, options.range(), 0, 1).next();
        return new MetawalException(
                ExitCode.TARGET_NOT_EMPTY,
                options + " is not empty: it holds " + client.count(options.range()) + " keys"
                        + (example == null
                                ? ""
                                : ", such as " + KeyText.of(example.entryKey().key()))
                        + more + ". Restore into an empty etcd or another prefix, or delete them first");
    }

    @Override
    public void write(Entry entry) {
        if (sort(entry, tally)) {
            putUnlessThere(entry);
        }
    }

    /** Counts an entry as written or left out; false where it is left out. */
    private boolean sort(Entry entry, TargetTally counted) {
        ByteString key = entry.entryKey().key();
        if (!entry.entryKey().space().equals(EntryMapping.KV)) {
            throw new UsageException("space " + entry.entryKey().space() + " cannot go into an etcd, only "
                    + EntryMapping.KV + " can: restore into ndjson:FILE, or choose what to restore");
        }
        if (!key.startsWith(options.prefix())) {
            counted.outsidePrefix(entry);
            return false;
        }
        if (key.equals(markerKey)) {
            counted.marker(entry);
            return false;
        }
        if (EntryMapping.leased(entry)) {
            counted.leased(entry);
            if (leasedKeys == LeasedKeys.LEFT_OUT) {
                return false;
            }
        }
        counted.wrote(entry);
        return true;
    }

    private void putUnlessThere(Entry entry) {
        WritePipeline out = claimed();
        RestoreMarker under = Objects.requireNonNull(marker);
        ByteString lowWater = under.lowWater();
        boolean there = lowWater != null
                && ByteString.unsignedLexicographicalComparator()
                                .compare(entry.entryKey().key(), lowWater)
                        <= 0;
        if (!there) {
            uninterrupted(() -> {
                out.put(entry);
                return out;
            });
        }
    }

    @Override
    public RestoreReport publish(Runnable beforeVisible) {
        WritePipeline out = claimed();
        FencedWrites fenced = Objects.requireNonNull(writes);
        return uninterrupted(() -> {
            out.flush();
            Digest found = readBack.digest();
            if (!found.equals(tally.digest())) {
                pipeline = null;
                throw new MismatchException(options + " does not hold what was written to it: expected "
                        + tally.digest().count() + " keys with digest " + tally.digest() + ", found " + found.count()
                        + " keys with digest " + found + ". Somebody else wrote to it meanwhile. Its marker key "
                        + KeyText.of(markerKey)
                        + " stays: stop what writes to it, delete what is there, and restore again");
            }
            beforePublished.run();
            beforeVisible.run();
            fenced.end();
            pipeline = null;
            return tally.report(leasedKeys);
        });
    }

    @Override
    public List<String> differences(EntryIterator given, int keysMax) {
        return uninterrupted(
                () -> KeyDifferences.of(given, this::goesThere, readBack.range(), readBack::isMarker, keysMax));
    }

    private boolean goesThere(Entry entry) {
        boolean leftOut = EntryMapping.leased(entry) && leasedKeys == LeasedKeys.LEFT_OUT;
        return entry.entryKey().key().startsWith(options.prefix()) && !readBack.isMarker(entry) && !leftOut;
    }

    private <T> T uninterrupted(Interruptible.Step<T> step) {
        return Interruptible.run("writing to " + options + ": repeat it to go on", step);
    }

    @Override
    public void close() {
        RestoreMarker under = marker;
        if (pipeline != null && under != null) {
            LOG.warn(
                    "{} holds an unfinished restore of {}: repeat the restore to go on with it, or delete the keys and"
                            + " the marker {}",
                    options,
                    under.describe(),
                    KeyText.of(markerKey));
        }
        client.close();
    }
}
