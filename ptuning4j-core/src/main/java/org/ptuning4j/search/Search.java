package org.ptuning4j.search;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
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
   * @param runner trains the runs; closed with the search
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
    new Course(plan, folder, legs, clock, trials, epochs, pace, listener).run();
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

  /** The trials, by their numbers. */
  public List<Trial> trials() {
    return List.copyOf(trials);
  }

  @Override
  public void close() {
    runner.close();
    folder.close();
  }
}
