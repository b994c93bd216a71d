package org.ptuning4j.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.search.SearchListener.Standing;
import org.ptuning4j.study.run.CellRunner;

/**
 * Searches settings: trials of few epochs, the best of which go on from where they were; in the end
 * the best are trained with several seeds. All is kept in a folder as it happens, so that a search
 * goes on where it was interrupted, and comes to the same winner if its end is a number of trials.
 *
 * <pre>{@code
 * try (Search search = Search.open(folder, plan, new LocalCells())) {
 *   SearchOutcome outcome = search.run(listener);
 * }
 * }</pre>
 *
 * <p>Only {@link #stop} may be called from another thread.
 */
public final class Search implements AutoCloseable {

  /** No more of the time than this is kept back for what comes after the trials. */
  private static final double MOST_RESERVED = 0.5;

  private final SearchPlan plan;
  private final SearchFolder folder;
  private final CellRunner runner;
  private final Clock clock;
  private final Legs legs;
  private final List<Trial> trials = new ArrayList<>();
  private volatile boolean stopped;

  private Search(SearchPlan plan, SearchFolder folder, CellRunner runner) {
    this.plan = plan;
    this.folder = folder;
    this.runner = runner;
    this.clock = new Clock(folder.spentSeconds(), folder::saveSpent);
    this.legs =
        new Legs(folder, plan.runs(), runner, clock, plan.budget().seconds(), () -> stopped);
  }

  /**
   * Opens a search's folder, making it if need be.
   *
   * @param runner trains the runs
   * @throws InvalidInputException if another process has it open, it holds another search, or a
   *     file in it is damaged
   */
  public static Search open(Path folder, SearchPlan plan, CellRunner runner) {
    return new Search(plan, SearchFolder.open(folder, plan.described()), runner);
  }

  /**
   * What a run is to be, in the process that trains it.
   *
   * @param folder the search's
   */
  public static RunRequest request(Path folder, String name) {
    return SearchFolder.request(name, folder);
  }

  /** Ends the training in progress after its step, and begins no other. From any thread. */
  public void stop() {
    stopped = true;
    runner.stop();
  }

  /** Spends what is left of the time. */
  void endTime() {
    legs.endTime();
  }

  /** Whether {@link #stop} was called. */
  public boolean isStopped() {
    return stopped;
  }

  /**
   * Searches until the budget is spent.
   *
   * @return empty if it was stopped before
   * @throws InvalidInputException if nothing could be trained; the message has the first cause
   */
  public Optional<SearchOutcome> run(SearchListener listener) {
    trials.clear();
    trials.addAll(folder.trials());
    Optional<Pace> pace = plan.epochs().isPresent() ? Optional.empty() : paced(listener);
    if (stopped || (plan.epochs().isEmpty() && pace.isEmpty())) {
      return ended();
    }
    int epochs = plan.epochs().or(() -> pace.map(Pace::epochs)).orElseThrow();
    Integer rows = pace.map(Pace::trainRows).orElse(null);
    new Course(epochs, rows, listener).run();
    return ended(epochs, rows);
  }

  private Optional<SearchOutcome> ended() {
    if (!stopped) {
      throw nothing("time was up before the first evaluation; give it more minutes");
    }
    return Optional.empty();
  }

  private Optional<SearchOutcome> ended(int epochs, Integer rows) {
    clock.save();
    if (stopped) {
      return Optional.empty();
    }
    if (trials.stream().noneMatch(Trial::counts)) {
      String cause =
          trials.stream()
              .filter(Trial::hasFailed)
              .map(Trial::failure)
              .findFirst()
              .orElse("time was up before the first evaluation; give it more minutes");
      throw nothing(cause);
    }
    return Optional.of(
        new SearchOutcome(plan, epochs, rows, trials, clock.seconds(), folder.path()));
  }

  private InvalidInputException nothing(String cause) {
    long failed = trials.stream().filter(Trial::hasFailed).count();
    return InvalidInputException.of(
        "search: %d of %d trials failed, and none has a result: %s", failed, trials.size(), cause);
  }

  /** How long trials take, measured once. */
  private Optional<Pace> paced(SearchListener listener) {
    Optional<Pace> before = folder.pace();
    if (before.isPresent()) {
      return before;
    }
    Optional<Pace> pace = new Probe(plan, legs, clock).measure(listener.training());
    pace.ifPresent(
        each -> {
          folder.save(each);
          listener.paced(each);
        });
    return pace;
  }

  /** The trials of a search whose lengths are known. */
  private final class Course {

    private final Ladder ladder;
    private final Integer rows;
    private final Promotions promotions;
    private final Proposals proposals;
    private final SearchListener listener;

    Course(int epochs, Integer rows, SearchListener listener) {
      this.ladder = Ladder.of(epochs);
      this.rows = rows;
      this.promotions = new Promotions(ladder);
      this.proposals =
          new Proposals(
              plan.space(),
              plan.seed(),
              plan.runs(),
              plan.warmStarts()
                  ? Optional.of(new PromptCuts(plan.space(), plan.runs(), plan.layers()))
                  : Optional.empty());
      this.listener = listener;
    }

    void run() {
      explore();
      Optional<Promotions.Promotion> best = promotions.unfinishedBest(trials);
      while (best.isPresent() && goesOn()) {
        advance(best.get().trial(), best.get().epochs());
        best = promotions.unfinishedBest(trials);
      }
      repeat();
    }

    private boolean goesOn() {
      return !stopped && !legs.timeIsUp();
    }

    /** Begins trials, and lets the best of them go on. */
    private void explore() {
      Optional<Trial> interrupted =
          trials.stream()
              .filter(each -> !each.hasFailed() && each.at(ladder.first()).isEmpty())
              .findFirst();
      if (interrupted.isPresent() && goesOn()) {
        advance(interrupted.get(), ladder.first());
      }
      while (goesOn() && clock.seconds() + reserved() < plan.budget().seconds()) {
        Optional<Promotions.Promotion> promotion = promotions.next(trials);
        if (promotion.isPresent()) {
          advance(promotion.get().trial(), promotion.get().epochs());
          continue;
        }
        if (plan.budget().isSpent(trials.size())) {
          return;
        }
        Optional<Trial> next = proposals.next(trials);
        if (next.isEmpty()) {
          return; // every combination was tried
        }
        advance(begin(next.get()), ladder.first());
      }
    }

    private Trial begin(Trial trial) {
      WarmStart start = trial.start();
      if (start != null) {
        folder.keep(folder.run(SearchFolder.name(start.trial())).resolve("pack"), start.pack());
      }
      keep(trial);
      return trial;
    }

    private void keep(Trial trial) {
      if (trial.number() < trials.size()) {
        trials.set(trial.number(), trial);
      } else {
        trials.add(trial);
      }
      folder.save(trial);
    }

    private void advance(Trial trial, int epochs) {
      listener.begins(trial, epochs);
      Trial after = trial;
      try {
        RunRequest request =
            request(trial, SearchFolder.name(trial.number()), trial.seed(), epochs);
        Optional<Leg> leg = legs.train(request, listener.training());
        if (leg.isPresent()) {
          after = trial.with(leg.get());
        }
      } catch (Legs.FailedException e) {
        after = trial.failed(String.valueOf(e.getMessage()));
      }
      if (!stopped || !after.equals(trial)) {
        keep(after);
        listener.paused(after, standing());
      }
    }

    private RunRequest request(Trial trial, String name, long seed, int epochs) {
      String start =
          trial.start() == null ? null : folder.path().resolve(trial.start().pack()).toString();
      return new RunRequest(name, trial.settings(), seed, ladder.last(), epochs, rows, start);
    }

    /** Trains the best with further seeds, one seed of all before the next. */
    private void repeat() {
      for (int i = 1; i < plan.budget().finalSeeds(); i++) {
        for (Trial finalist : promotions.finalists(List.copyOf(trials))) {
          long seed = finalist.seed() + i;
          boolean done = finalist.repeats().stream().anyMatch(each -> each.seed() == seed);
          if (!done && goesOn()) {
            repeat(finalist, seed);
          }
        }
      }
    }

    private void repeat(Trial trial, long seed) {
      listener.repeats(trial, seed);
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
        Optional<Leg> leg =
            legs.train(request(same, name, seed, ladder.last()), listener.training());
        if (leg.isPresent() && leg.get().whole()) {
          after = trial.with(new Trial.Repeat(seed, leg.get(), null));
        }
      } catch (Legs.FailedException e) {
        after = trial.with(new Trial.Repeat(seed, null, String.valueOf(e.getMessage())));
      }
      if (!after.equals(trial)) {
        keep(after);
        listener.repeated(after, standing());
      }
    }

    private Standing standing() {
      Trial best = trials.stream().filter(Trial::counts).min(Trial.BEST_FIRST).orElse(null);
      double seconds = plan.budget().seconds();
      double spent = clock.seconds();
      return new Standing(
          trials.size(),
          best,
          spent,
          Double.isInfinite(seconds) ? Double.NaN : Math.max(0, seconds - spent));
    }

    /** The seconds that the best will still take: to its last epoch, and with further seeds. */
    private double reserved() {
      double seconds = plan.budget().seconds();
      Optional<Trial> best = trials.stream().filter(Trial::counts).min(Trial.BEST_FIRST);
      if (Double.isInfinite(seconds) || best.isEmpty()) {
        return 0;
      }
      double perEpoch =
          trials.stream()
              .map(Trial::legs)
              .flatMap(Collection::stream)
              .flatMapToDouble(leg -> DoubleStream.of(leg.trainSeconds() / leg.epochs()))
              .average()
              .orElse(0);
      int missing = ladder.last() - best.get().epochs();
      int repeated = (plan.budget().finalSeeds() - 1) * SearchBudget.FINALISTS * ladder.last();
      return Math.min(MOST_RESERVED * seconds, perEpoch * (missing + repeated));
    }
  }

  /** The trials, by their numbers. */
  public List<Trial> trials() {
    return List.copyOf(trials);
  }

  @Override
  public void close() {
    folder.close();
  }
}
