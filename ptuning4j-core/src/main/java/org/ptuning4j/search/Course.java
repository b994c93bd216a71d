package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.ptuning4j.search.Promotions.Promotion;
import org.ptuning4j.search.SearchListener.Standing;

/**
 * The trials of a search whose lengths are known. They are begun in rounds: those of a round are
 * chosen by the same results, and may be trained side by side, so that it makes no difference where
 * they are trained. After each round the best go on; where time is short, only the best of all does
 * in the end.
 */
final class Course {

  /** No more of the time than this is kept back for further seeds of the best. */
  private static final double MOST_RESERVED = 0.5;

  private final SearchPlan plan;
  private final SearchFolder folder;
  private final Legs legs;
  private final Clock clock;
  private final List<Trial> trials;
  private final SearchListener listener;
  private final Ladder ladder;
  private final Integer rows;
  private final Promotions promotions;
  private final Proposals proposals;
  private final Costs costs;
  private final double end;

  /**
   * The course of a search.
   *
   * @param trials those so far, by their numbers; more are added
   * @param epochs of a whole run
   * @param pace how long trials were found to take; empty where their length was given
   */
  Course(
      SearchPlan plan,
      SearchFolder folder,
      Legs legs,
      Clock clock,
      List<Trial> trials,
      int epochs,
      Optional<Pace> pace,
      SearchListener listener) {
    this.plan = plan;
    this.folder = folder;
    this.legs = legs;
    this.clock = clock;
    this.trials = trials;
    this.listener = listener;
    this.ladder = Ladder.of(epochs);
    this.rows = pace.map(Pace::trainRows).orElse(null);
    this.promotions = new Promotions(ladder);
    this.costs = new Costs(pace);
    this.end = plan.budget().seconds();
    this.proposals =
        new Proposals(
            plan.space(),
            ladder,
            plan.seed(),
            plan.runs(),
            plan.warmStarts()
                ? Optional.of(new PromptCuts(plan.space(), plan.runs(), plan.layers()))
                : Optional.empty());
  }

  /** Trains until the budget is spent, or the search is stopped. */
  void run() {
    explore();
    promote();
    finish();
    repeat();
  }

  private boolean goesOn() {
    return !legs.isStopped() && !legs.timeIsUp();
  }

  private void explore() {
    together(
        trials.stream()
            .filter(each -> !each.hasFailed() && each.at(ladder.first()).isEmpty())
            .<Runnable>map(each -> () -> advance(each, ladder.first()))
            .toList());
    boolean more = true;
    while (more && goesOn()) {
      if (trials.size() % plan.atOnce() == 0) {
        promote(); // in the middle of a round, which was interrupted, no trial is ahead of others
      }
      more = goesOn() && round();
    }
  }

  /**
   * Begins the trials of a round that were not begun, and trains them to the first comparison.
   *
   * @return whether all of them were trained, and there were some
   */
  private boolean round() {
    int begun = trials.size() % plan.atOnce();
    int before = trials.size() - begun;
    int count = Math.min(plan.atOnce(), plan.budget().left(before));
    List<Trial> round = proposals.next(List.copyOf(trials.subList(0, before)), count);
    List<Trial> missing = round.subList(Math.min(begun, round.size()), round.size());
    if (legs.atOnce() == 1) {
      for (Trial trial : missing) {
        if (!goesOn() || !hasTimeToExplore()) {
          return false;
        }
        begin(trial);
        advance(trial, ladder.first());
      }
    } else if (hasTimeToExplore()) {
      missing.forEach(this::begin);
      together(
          missing.stream().<Runnable>map(each -> () -> advance(each, ladder.first())).toList());
    } else {
      return false;
    }
    return !missing.isEmpty();
  }

  /** Lets the best go on, as long as there are some and there is time for them. */
  private void promote() {
    List<Promotion> next = affordable(promotions.next(trials));
    while (!next.isEmpty() && goesOn()) {
      together(next.stream().map(this::advancing).toList());
      next = affordable(promotions.next(trials));
    }
  }

  private List<Promotion> affordable(List<Promotion> promoted) {
    return promoted.stream().filter(this::isAffordable).toList();
  }

  /** A whole run is not made of a trial as long as one that turns out better could not follow. */
  private boolean isAffordable(Promotion promotion) {
    double kept =
        promotion.epochs() == ladder.last()
            ? costs.seconds(trials, ladder.last() - ladder.first())
            : reserved();
    return fits(costs.seconds(trials, promotion.epochs() - promotion.trial().epochs()) + kept);
  }

  private boolean fits(double seconds) {
    return clock.seconds() + seconds <= end;
  }

  /** Compares the two best once more, and makes a whole run of the better one. */
  private void finish() {
    List<Promotion> semifinal = affordable(promotions.semifinal(trials));
    together(semifinal.stream().map(this::advancing).toList());
    List<Promotion> best = promotions.unfinished(trials, 1);
    while (!best.isEmpty() && goesOn() && (promotions.finalists(trials).isEmpty() || fit(best))) {
      best.forEach(each -> advancing(each).run());
      best = promotions.unfinished(trials, 1);
    }
    if (plan.budget().finalSeeds() > 1 && goesOn()) {
      List<Promotion> others = promotions.unfinished(trials, SearchBudget.FINALISTS);
      together(others.stream().filter(each -> fit(List.of(each))).map(this::advancing).toList());
    }
  }

  private boolean fit(List<Promotion> promoted) {
    return promoted.stream()
        .allMatch(each -> fits(costs.seconds(trials, each.epochs() - each.trial().epochs())));
  }

  /** Trains the best with further seeds, one seed of all before the next. */
  private void repeat() {
    for (int i = 1; i < plan.budget().finalSeeds(); i++) {
      int further = i;
      together(
          promotions.finalists(trials).stream()
              .filter(
                  each ->
                      each.repeats().stream()
                          .noneMatch(other -> other.seed() == each.seed() + further))
              .filter(each -> fits(costs.seconds(trials, ladder.last())))
              .<Runnable>map(each -> () -> repeat(each, each.seed() + further))
              .toList());
    }
  }

  /** Does several things, side by side where runs are trained so. */
  private void together(List<Runnable> works) {
    if (legs.atOnce() == 1 || works.size() < 2) {
      works.stream().filter(each -> goesOn()).forEach(Runnable::run);
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(Math.min(legs.atOnce(), works.size()));
    try {
      List<Future<?>> all = new ArrayList<>();
      for (Runnable work : works) {
        all.add(
            threads.submit(
                () -> {
                  if (goesOn()) {
                    work.run();
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      legs.stop();
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while trials were trained", e);
    } finally {
      threads.shutdown();
    }
  }

  private void begin(Trial trial) {
    WarmStart start = trial.start();
    if (start != null) {
      folder.keep(folder.run(SearchFolder.name(start.trial())).resolve("pack"), start.pack());
    }
    keep(trial);
  }

  private synchronized void keep(Trial trial) {
    if (trial.number() < trials.size()) {
      trials.set(trial.number(), trial);
    } else {
      trials.add(trial);
    }
    folder.save(trial);
  }

  private Runnable advancing(Promotion promotion) {
    return () -> advance(promotion.trial(), promotion.epochs());
  }

  private void advance(Trial trial, int epochs) {
    synchronized (this) {
      listener.begins(trial, epochs);
    }
    Trial after = trial;
    try {
      RunRequest request = request(trial, SearchFolder.name(trial.number()), trial.seed(), epochs);
      Optional<Leg> leg = legs.train(request, listener.training());
      if (leg.isPresent()) {
        after = trial.with(leg.get());
      }
    } catch (Legs.FailedException e) {
      after = trial.failed(String.valueOf(e.getMessage()));
    }
    synchronized (this) {
      if (!legs.isStopped() || !after.equals(trial)) {
        keep(after);
        listener.paused(after, standing());
      }
    }
  }

  private RunRequest request(Trial trial, String name, long seed, int epochs) {
    String start =
        trial.start() == null ? null : folder.path().resolve(trial.start().pack()).toString();
    return new RunRequest(name, trial.settings(), seed, ladder.last(), epochs, rows, start);
  }

  private void repeat(Trial trial, long seed) {
    synchronized (this) {
      listener.repeats(trial, seed);
    }
    Trial same =
        new Trial(
            trial.number(),
            trial.origin(),
            Proposals.settings(trial),
            seed,
            trial.start(),
            List.of(),
            List.of(),
            null);
    Trial after = trial;
    try {
      String name = SearchFolder.name(trial.number()) + "-" + seed;
      Optional<Leg> leg = legs.train(request(same, name, seed, ladder.last()), listener.training());
      if (leg.isPresent() && leg.get().whole()) {
        after = trial.with(new Trial.Repeat(seed, leg.get(), null));
      }
    } catch (Legs.FailedException e) {
      after = trial.with(new Trial.Repeat(seed, null, String.valueOf(e.getMessage())));
    }
    synchronized (this) {
      if (!after.equals(trial)) {
        keep(after);
        listener.repeated(after, standing());
      }
    }
  }

  private Standing standing() {
    Trial best = trials.stream().filter(Trial::counts).min(Trial.BEST_FIRST).orElse(null);
    double spent = clock.seconds();
    return new Standing(
        trials.size(), best, spent, Double.isInfinite(end) ? Double.NaN : Math.max(0, end - spent));
  }

  private boolean hasTimeToExplore() {
    return fits(costs.seconds(trials, ladder.first()) + reserved());
  }

  /**
   * The seconds that are kept for a second comparison of the two best, for a whole run of the best
   * one, and, where there is time enough, for further seeds.
   */
  private double reserved() {
    Optional<Trial> best = trials.stream().filter(Trial::counts).min(Trial.BEST_FIRST);
    if (Double.isInfinite(end) || best.isEmpty()) {
      return 0;
    }
    double whole = costs.seconds(trials, ladder.last());
    double needed =
        costs.seconds(trials, ladder.last() - best.get().epochs())
            + promotions.semifinal(trials).stream()
                .filter(each -> each.trial().number() != best.get().number())
                .mapToDouble(each -> costs.seconds(trials, each.epochs() - each.trial().epochs()))
                .sum();
    double seeds = (plan.budget().finalSeeds() - 1) * SearchBudget.FINALISTS * whole;
    return Math.min(Math.max(needed, MOST_RESERVED * end), needed + seeds);
  }
}
