package io.metawal.testkit.seed;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Runs a check on random cases. A failing case names its seed ({@code -Dmetawal.seed=N} runs that one alone), and a failing
 * list of steps is cut down to one in which every step is needed. A test asks for the few cases that every run can afford;
 * {@code -Dmetawal.seeds.times=N}, which {@code bin/soak} sets, runs N times as many.
 */
public final class Seeded {
    private static final String PROPERTY = "metawal.seed";
    private static final int TIMES = Integer.getInteger("metawal.seeds.times", 1);
    private static final long FIRST_SEED = 20261121;
    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    private Seeded() {}

    /** A check of one random case. */
    @FunctionalInterface
    public interface Check {
        void run(RandomGenerator random) throws Exception;
    }

    /** A check of one seed, for a test whose parts each make random values of their own from it. */
    @FunctionalInterface
    public interface SeedCheck {
        void run(long seed) throws Exception;
    }

    /** Makes a list of steps. */
    @FunctionalInterface
    public interface Steps<S> {
        List<S> from(RandomGenerator random);
    }

    /** Runs steps; throws where something is wrong. */
    @FunctionalInterface
    public interface Run<S> {
        void run(List<S> steps) throws Exception;
    }

    public static RandomGenerator random(long seed) {
        return RANDOM.create(seed);
    }

    /** How many cases this run affords where a usual one affords {@code cases}. */
    public static int scaled(int cases) {
        return Math.multiplyExact(cases, TIMES);
    }

    /** How large one case is: as given for a usual run, or for one with more seeds than usual. */
    public static int size(int usual, int soaking) {
        return TIMES == 1 ? usual : soaking;
    }

    /** Runs the check {@link #scaled} times, each from a seed of its own. */
    public static void check(int cases, Check check) {
        checkSeeds(FIRST_SEED, cases, seed -> check.run(random(seed)));
    }

    /** As {@link #check}, with seeds that begin at {@code firstSeed}. */
    public static void checkSeeds(long firstSeed, int cases, SeedCheck check) {
        Long only = Long.getLong(PROPERTY);
        long first = only == null ? firstSeed : only;
        for (long seed = first; seed < first + (only == null ? scaled(cases) : 1); seed++) {
            try {
                check.run(seed);
            } catch (Exception | AssertionError e) {
                throw new AssertionError("failed with -D" + PROPERTY + "=" + seed + ": " + e, e);
            }
        }
    }

    /** As {@link #check}, over lists of steps, and with the failing list made small before it is shown. */
    public static <S> void checkSteps(int cases, Steps<S> steps, Run<S> run) {
        check(cases, random -> {
            List<S> made = steps.from(random);
            Throwable failure = failureOf(run, made);
            if (failure == null) {
                return;
            }
            List<S> small = shrink(made, candidate -> failureOf(run, candidate) != null);
            Throwable shown = failureOf(run, small);
            throw new AssertionError(
                    "these " + small.size() + " of " + made.size() + " steps fail: " + small + ": " + shown,
                    shown == null ? failure : shown);
        });
    }

    /** Takes out ever smaller runs of steps for as long as the rest still fails. */
    static <S> List<S> shrink(List<S> failing, java.util.function.Predicate<List<S>> fails) {
        List<S> small = failing;
        for (int run = small.size() / 2; run >= 1; run /= 2) {
            for (int at = 0; at + run <= small.size(); ) {
                List<S> candidate = new ArrayList<>(small.subList(0, at));
                candidate.addAll(small.subList(at + run, small.size()));
                if (fails.test(candidate)) {
                    small = candidate;
                } else {
                    at += run;
                }
            }
        }
        return small;
    }

    private static <S> @org.jspecify.annotations.Nullable Throwable failureOf(Run<S> run, List<S> steps) {
        try {
            run.run(steps);
            return null;
        } catch (Exception | AssertionError e) {
            return e;
        }
    }
}
