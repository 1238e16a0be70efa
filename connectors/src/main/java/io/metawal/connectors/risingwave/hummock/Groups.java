package io.metawal.connectors.risingwave.hummock;

import com.google.protobuf.ByteString;
import io.metawal.connectors.risingwave.proto.HummockVersion;
import io.metawal.metadata.commit.EntryKey;
import io.metawal.metadata.image.Entry;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All compaction groups. */
final class Groups {
    private final NavigableMap<Long, Group> groups = new TreeMap<>(Long::compareUnsigned);

    /** Lets go of the SSTs in the parts as it takes them. */
    void load(VersionParts parts) {
        parts.groups().forEach((id, part) -> {
            Group group = new Group(this, id, part.rest(id));
            groups.put(id, group);
            part.runs(id).forEach((run, ssts) -> group.load(run, ssts.rest(id, run), ssts.takeSsts(id, run)));
        });
    }

    NavigableMap<Long, Group> all() {
        return groups;
    }

    @Nullable
    Group find(long id) {
        return groups.get(id);
    }

    Group group(long id) {
        Group found = groups.get(id);
        if (found == null) {
            throw new HummockFaultException("the version", "group " + HummockKeys.u64(id), "none");
        }
        return found;
    }

    Group add(Journal journal, long id, HummockVersion.Levels rest) {
        if (groups.containsKey(id)) {
            throw new HummockFaultException("the version", "no group " + HummockKeys.u64(id) + " yet", "one");
        }
        touchGroup(journal, id);
        Group group = new Group(this, id, rest);
        journal.put(groups, id, group);
        return group;
    }

    void drop(Journal journal, Group group) {
        group.touchAll(journal);
        journal.remove(groups, group.id());
    }

    void touchGroup(Journal journal, long id) {
        EntryKey key = HummockKeys.group(id);
        journal.touch(key, () -> {
            Group group = groups.get(id);
            return group == null ? null : new Entry(key, group.rest().toByteString(), ByteString.EMPTY);
        });
    }

    void touchRun(Journal journal, long group, RunId id) {
        EntryKey key = HummockKeys.run(group, id);
        journal.touch(key, () -> {
            Run run = run(group, id);
            return run == null ? null : new Entry(key, run.rest().toByteString(), ByteString.EMPTY);
        });
    }

    void touchSst(Journal journal, long groupId, RunId id, long sstId) {
        EntryKey key = HummockKeys.sst(groupId, id, sstId);
        journal.touch(key, () -> {
            Run run = run(groupId, id);
            Sst sst = run == null ? null : run.find(sstId);
            return sst == null ? null : new Entry(key, sst.value(), HummockKeys.meta(sst.at()));
        });
    }

    private @Nullable Run run(long groupId, RunId id) {
        Group group = groups.get(groupId);
        return group == null ? null : group.find(id);
    }
}
