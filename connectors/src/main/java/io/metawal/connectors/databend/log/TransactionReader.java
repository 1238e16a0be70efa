package io.metawal.connectors.databend.log;

import com.google.protobuf.ByteString;
import io.metawal.connectors.databend.log.Condition.Compare;
import io.metawal.connectors.databend.log.Condition.Target;
import io.metawal.connectors.databend.log.Operation.Branch;
import io.metawal.connectors.databend.log.Operation.Expiry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Both kinds of transactions, as branches. */
final class TransactionReader {
    private static final int OR = 1;

    private TransactionReader() {}

    /** A part of a transaction that is not known, so that what it does cannot be told. Never seen outside this package. */
    static final class UnknownPart extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownPart(String what) {
            super(what, null, false, false);
        }
    }

    /** {@code Transaction}: its conditional operations, then its condition with {@code if_then}, then {@code else_then}. */
    static List<Branch> request(Fields fields) throws FieldException {
        List<Branch> branches = new ArrayList<>();
        for (Fields conditional : fields.objects("operations")) {
            Predicate predicate =
                    conditional.has("predicate") ? expression(conditional.object("predicate")) : Predicate.TRUE;
            branches.add(new Branch(predicate, requests(conditional.objects("operations"))));
        }
        branches.add(new Branch(new Predicate.And(conditions(fields)), requests(fields.objects("if_then"))));
        List<Fields> otherwise = fields.objects("else_then");
        if (!otherwise.isEmpty()) {
            branches.add(CommandReader.always(requests(otherwise)));
        }
        return branches;
    }

    private static List<Predicate> conditions(Fields fields) throws FieldException {
        // Written both ways: a list of the request, and of an expression.
        String name = fields.has("condition") ? "condition" : "conditions";
        List<Predicate> conditions = new ArrayList<>();
        for (Fields condition : fields.objects(name)) {
            conditions.add(new Predicate.Leaf(condition(condition)));
        }
        return conditions;
    }

    private static Predicate expression(Fields fields) throws FieldException {
        List<Predicate> members = new ArrayList<>();
        for (Fields sub : fields.objects("sub_expressions")) {
            members.add(expression(sub));
        }
        members.addAll(conditions(fields));
        return fields.has("operator") && fields.count("operator") == OR
                ? new Predicate.Or(members)
                : new Predicate.And(members);
    }

    private static Condition condition(Fields fields) throws FieldException {
        long number = fields.has("expected") ? fields.count("expected") : 0;
        Compare compare = Compare.of(number);
        if (!fields.has("target")) {
            return new Condition(fields.key("key"), Compare.LT, Target.SEQ, 0, ByteString.EMPTY);
        }
        return target(fields, compare);
    }

    private static Condition target(Fields fields, Compare compare) throws FieldException {
        Fields target = fields.object("target");
        String name = target.variant().getKey();
        ByteString key = fields.key("key");
        return switch (name) {
            case "Seq" -> new Condition(key, compare, Target.SEQ, number(target, name), ByteString.EMPTY);
            case "Value" -> new Condition(key, compare, Target.VALUE, 0, target.bytes(name));
            case "KeysWithPrefix" ->
                new Condition(key, compare, Target.KEYS_WITH_PREFIX, number(target, name), ByteString.EMPTY);
            default -> throw new UnknownPart("a condition on " + name);
        };
    }

    private static long number(Fields fields, String name) throws FieldException {
        Long number = fields.unsigned(name);
        if (number == null) {
            throw new FieldException(fields.path() + "." + name, "a number", "null");
        }
        return number;
    }

    private static List<Operation> requests(List<Fields> list) throws FieldException {
        List<Operation> operations = new ArrayList<>(list.size());
        for (Fields fields : list) {
            if (fields.has("request")) {
                add(operations, fields.object("request"));
            }
        }
        return operations;
    }

    /** {@code KvTransaction}. */
    static List<Branch> branches(Fields fields) throws FieldException {
        List<Branch> branches = new ArrayList<>();
        for (Fields branch : fields.objects("branches")) {
            List<Operation> operations = new ArrayList<>();
            for (Fields operation : branch.objects("operations")) {
                add(operations, operation);
            }
            Predicate predicate = branch.has("predicate") ? predicate(branch.object("predicate")) : Predicate.TRUE;
            branches.add(new Branch(predicate, operations));
        }
        return branches;
    }

    private static Predicate predicate(Fields fields) throws FieldException {
        String name = fields.variant().getKey();
        if (name.equals("Leaf")) {
            Fields leaf = fields.object(name);
            String op = leaf.text(leaf.has("operator") ? "operator" : "op");
            try {
                return new Predicate.Leaf(target(leaf, Compare.valueOf(op.toUpperCase(Locale.ROOT))));
            } catch (IllegalArgumentException e) {
                throw new UnknownPart("a comparison " + op);
            }
        }
        List<Predicate> members = new ArrayList<>();
        for (Fields member : fields.objects(name)) {
            members.add(predicate(member));
        }
        return switch (name) {
            case "And" -> new Predicate.And(members);
            case "Or" -> new Predicate.Any(members);
            default -> throw new UnknownPart("a predicate " + name);
        };
    }

    /** Members stand flat, or, since some version, under {@code target} and {@code payload}. */
    private static void add(List<Operation> operations, Fields fields) throws FieldException {
        Map.Entry<String, @Nullable Object> variant = fields.variant();
        String name = variant.getKey();
        Fields body = fields.object(name);
        Fields on = body.has("target") ? body.object("target") : body;
        Fields what = body.has("payload") ? body.object("payload") : body;
        switch (name) {
            case "Get" -> {}
            case "Put" ->
                operations.add(
                        new Operation.Put(on.key("key"), what.bytes("value"), expiry(what), on.unsigned("match_seq")));
            case "Delete" -> operations.add(new Operation.Delete(on.key("key"), on.unsigned("match_seq")));
            case "DeleteByPrefix" -> operations.add(new Operation.DeleteByPrefix(body.key("prefix")));
            // The first is what it was called in releases 1.2.764 to 1.2.827.
            case "FetchAddU64", "FetchIncreaseU64" -> {
                Long floor = body.unsigned(body.has("floor") ? "floor" : "max_value");
                operations.add(new Operation.FetchIncrease(
                        on.key("key"), body.signed("delta"), floor == null ? 0 : floor, on.unsigned("match_seq")));
            }
            case "PutSequential" ->
                operations.add(new Operation.PutSequential(
                        body.key("prefix"), body.key("sequence_key"), what.bytes("value"), expiry(what)));
            default -> throw new UnknownPart("an operation " + name);
        }
    }

    private static Expiry expiry(Fields fields) throws FieldException {
        Long at = null;
        for (String name : new String[] {"expire_at", "expire_at_ms", "expires_at_ms"}) {
            at = at == null ? fields.unsigned(name) : at;
        }
        return new Expiry(at, fields.unsigned("ttl_ms"));
    }
}
