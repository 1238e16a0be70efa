package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** All entries of a state in the order of their keys: those of SSTs, run by run, as they are asked for, amid the few others. */
final class EntryWalk implements Iterator<Entry> {
    private record SstsOf(Group group, Run run) {}

    private final Iterator<SstsOf> runs;
    private final Iterator<Entry> last;
    private Iterator<Entry> piece;
    private boolean atLast;

    /** @param others all entries but those of SSTs */
    private EntryWalk(List<Entry> others, List<SstsOf> runs) {
        others.sort(Comparator.comparing(Entry::entryKey));
        int behind = 0;
        while (behind < others.size() && others.get(behind).entryKey().space().compareTo(HummockKeys.SST) < 0) {
            behind++;
        }
        this.piece = others.subList(0, behind).iterator();
        this.runs = runs.iterator();
        this.last = others.subList(behind, others.size()).iterator();
    }

    static EntryWalk over(
            HummockVersion version,
            Groups groups,
            StateTables tables,
            Watermarks watermarks,
            ChangeLogs changeLogs,
            VectorIndexes vectors) {
        List<Entry> others = new ArrayList<>();
        put(others, HummockKeys.CURRENT, version);
        tables.all().forEach((table, info) -> put(others, HummockKeys.ofTable(HummockKeys.TABLE, table), info));
        watermarks
                .all()
                .forEach((table, marks) -> put(others, HummockKeys.ofTable(HummockKeys.WATERMARK, table), marks));
        changeLogs.all().forEach((table, log) -> {
            put(others, HummockKeys.ofTable(HummockKeys.CHANGE_LOG, table), log.rest());
            log.parts().forEach((epoch, part) -> put(others, HummockKeys.changeLog(table, epoch), part));
        });
        vectors.all().forEach((table, index) -> {
            put(others, HummockKeys.ofTable(HummockKeys.VECTOR, table), index.rest());
            index.files()
                    .forEach((at, file) -> others.add(new Entry(
                            HummockKeys.vectorFile(table, file.getObjectId()),
                            file.toByteString(),
                            HummockKeys.meta(at))));
        });
        List<SstsOf> runs = new ArrayList<>();
        groups.all().forEach((id, group) -> {
            put(others, HummockKeys.group(id), group.rest());
            for (Run run : group.runs()) {
                put(others, HummockKeys.run(id, run.id()), run.rest());
                runs.add(new SstsOf(group, run));
            }
        });
        runs.sort(Comparator.<SstsOf, Long>comparing(each -> each.group.id(), HummockKeys::compareAsText)
                .thenComparing(each -> (long) each.run.id().level(), HummockKeys::compareAsText)
                .thenComparing(each -> each.run.id().subLevel(), HummockKeys::compareAsText));
        return new EntryWalk(others, runs);
    }

    private static void put(List<Entry> entries, EntryKey key, MessageLite message) {
        entries.add(new Entry(key, message.toByteString(), ByteString.EMPTY));
    }

    @Override
    public boolean hasNext() {
        while (!piece.hasNext() && !atLast) {
            if (runs.hasNext()) {
                piece = ssts(runs.next());
            } else {
                piece = last;
                atLast = true;
            }
        }
        return piece.hasNext();
    }

    private static Iterator<Entry> ssts(SstsOf of) {
        List<Sst> byText = of.run.ssts();
        byText.sort((a, b) -> HummockKeys.compareAsText(a.id(), b.id()));
        Iterator<Sst> ssts = byText.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return ssts.hasNext();
            }

            @Override
            public Entry next() {
                return of.group.entry(of.run, ssts.next());
            }
        };
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return piece.next();
    }
}
