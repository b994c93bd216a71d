package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.commons.math3.random.SobolSequenceGenerator;
import org.ptuning4j.InvalidInputException;

/**
 * Says which settings are tried next. First those that a space begins with and {@link Steps} from
 * there; then half are points of a Sobol sequence, shifted by the seed, and half are varied from
 * trials that are among the best: near one of them, or with a prompt that is cut from its prompt.
 * The same trials so far make the same proposals.
 */
final class Proposals {

  /** Where the settings of a trial come from. */
  static final String STARTER = "starter";

  static final String DRAWN = "drawn";
  static final String NEAR = "near ";
  static final String CUT = "cut from ";

  /** Before so many have a value, none is called the best. */
  private static final int KNOWN = 4;

  /** How often settings are drawn again that do not go together, or were tried. */
  private static final int ATTEMPTS = 200;

  /** How often a cut is tried that another trial has, before something near is taken. */
  private static final int CUTS = 20;

  /** How far apart the points of successive attempts are; prime, so that all differ. */
  private static final int NEXT_ATTEMPT = 1009;

  /** How likely a varied trial keeps a setting of the other. */
  private static final double KEPT = 0.5;

  private final SearchSpace space;
  private final long seed;
  private final TrialRuns runs;
  private final Steps steps;
  private final Optional<PromptCuts> cuts;
  private final double[] shift;

  /**
   * Proposals of a space.
   *
   * @param ladder of its trials
   * @param cuts makes warm starts; empty for none
   */
  Proposals(
      SearchSpace space, Ladder ladder, long seed, TrialRuns runs, Optional<PromptCuts> cuts) {
    this.steps = new Steps(space, ladder);
    this.space = space;
    this.seed = seed;
    this.runs = runs;
    this.cuts = cuts;
    this.shift = new SplittableRandom(seed).doubles(space.dimensions().size()).toArray();
  }

  /**
   * The next trials, which are chosen by the same results.
   *
   * @param trials all so far, by their numbers
   * @param count how many at most; fewer where every combination was tried, or none goes together
   */
  List<Trial> next(List<Trial> trials, int count) {
    List<Trial> next = new ArrayList<>();
    for (Steps.Step step : steps.next(trials)) {
      Trial trial = trial(trials.size() + next.size(), step.origin(), step.settings());
      if (next.size() < count && isNew(trial, trials, next) && goesTogether(trial)) {
        next.add(trial);
      }
    }
    Optional<Trial> drawn = next.size() < count ? drawn(trials, next) : Optional.empty();
    while (drawn.isPresent()) {
      next.add(drawn.get());
      drawn = next.size() < count ? drawn(trials, next) : Optional.empty();
    }
    return next;
  }

  private Optional<Trial> drawn(List<Trial> trials, List<Trial> others) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Trial> trial = proposal(trials, trials.size() + others.size(), attempt);
      if (trial.isPresent() && isNew(trial.get(), trials, others) && goesTogether(trial.get())) {
        return trial;
      }
    }
    return Optional.empty();
  }

  private static boolean isNew(Trial proposed, List<Trial> trials, List<Trial> others) {
    return Stream.concat(trials.stream(), others.stream())
        .noneMatch(each -> each.settings().equals(proposed.settings()));
  }

  private boolean goesTogether(Trial trial) {
    try {
      runs.run(new RunRequest("proposal", trial.settings(), trial.seed(), 1, 1, null, null));
      return true;
    } catch (InvalidInputException e) {
      return false;
    }
  }

  private Optional<Trial> proposal(List<Trial> trials, int number, int attempt) {
    List<Trial> best = best(trials);
    int turn = number % 4;
    if (best.isEmpty() || turn % 2 == 0 || attempt > ATTEMPTS / 2) {
      return Optional.of(trial(number, DRAWN, drawn(number + attempt * NEXT_ATTEMPT, trials)));
    }
    SplittableRandom random =
        new SplittableRandom(seed * 31 + number * (long) NEXT_ATTEMPT + attempt);
    Trial parent = best.get(random.nextInt(best.size()));
    return turn == 3 && attempt < CUTS
        ? cut(number, parent, random)
        : Optional.of(trial(number, NEAR + parent.number(), near(parent, trials, random)));
  }

  /** The best third of those that have a value, at least two. */
  private static List<Trial> best(List<Trial> trials) {
    List<Trial> known = new ArrayList<>(trials.stream().filter(Trial::counts).toList());
    if (known.size() < KNOWN) {
      return List.of();
    }
    known.sort(Trial.BEST_FIRST);
    return known.subList(0, Math.max(2, known.size() / Ladder.FACTOR));
  }

  private Map<String, String> drawn(int index, List<Trial> trials) {
    SobolSequenceGenerator points = new SobolSequenceGenerator(shift.length);
    double[] point = points.skipTo(index + 1);
    for (int i = 0; i < point.length; i++) {
      point[i] = point[i] + shift[i] - Math.floor(point[i] + shift[i]);
    }
    String method = method(point);
    Map<String, String> settings = new LinkedHashMap<>();
    for (int i = 0; i < point.length; i++) {
      Dimension dimension = space.dimensions().get(i);
      put(settings, dimension, domain(dimension, method, trials).at(point[i]));
    }
    return settings;
  }

  private String method(double[] point) {
    for (int i = 0; i < point.length; i++) {
      Dimension dimension = space.dimensions().get(i);
      if (dimension.setting().equals(Dimension.METHOD)) {
        return dimension.domain().at(point[i]);
      }
    }
    return "";
  }

  private Map<String, String> near(Trial parent, List<Trial> trials, SplittableRandom random) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Dimension dimension : space.dimensions()) {
      String before = settings(parent).getOrDefault(dimension.setting(), Domain.UNSET);
      boolean kept = random.nextDouble() < KEPT;
      double place = random.nextDouble();
      Domain domain = domain(dimension, parent.method().orElse(""), trials);
      put(settings, dimension, kept ? before : domain.near(before, place));
    }
    return settings;
  }

  private Optional<Trial> cut(int number, Trial parent, SplittableRandom random) {
    return cuts.flatMap(each -> each.of(parent, settings(parent), number, random))
        .map(
            cut ->
                Trial.begun(
                    number, CUT + parent.number(), cut.settings(), seed, Optional.of(cut.start())));
  }

  /** A trial's settings, with the rate that it found in place of {@code auto}. */
  static Map<String, String> settings(Trial trial) {
    Map<String, String> settings = new LinkedHashMap<>(trial.settings());
    if (Domain.AroundFound.TEXT.equals(settings.get(Dimension.RATE)) && !trial.legs().isEmpty()) {
      settings.put(Dimension.RATE, Double.toString(trial.last().orElseThrow().learningRate()));
    }
    return settings;
  }

  private static void put(Map<String, String> settings, Dimension dimension, String value) {
    if (!value.equals(Domain.UNSET)) {
      settings.put(dimension.setting(), value);
    }
  }

  /** A trial of settings, without those that mean nothing to its method. */
  private Trial trial(int number, String origin, Map<String, String> settings) {
    Map<String, String> fitting = new LinkedHashMap<>(settings);
    String method = fitting.getOrDefault(Dimension.METHOD, "");
    fitting
        .keySet()
        .removeIf(each -> !each.equals(Dimension.METHOD) && !runs.applies(method, each));
    return Trial.begun(number, origin, fitting, seed, Optional.empty());
  }

  /** A dimension's values; learning rates around the one that a method's first trial found. */
  private static Domain domain(Dimension dimension, String method, List<Trial> trials) {
    if (dimension.domain() instanceof Domain.AroundFound around) {
      String known = method.equals(Domain.UNSET) ? "" : method;
      OptionalDouble found = found(trials, known);
      return found.isPresent() ? around.around(known, found.getAsDouble()) : around;
    }
    return dimension.domain();
  }

  private static OptionalDouble found(List<Trial> trials, String method) {
    return trials.stream()
        .filter(each -> Domain.AroundFound.TEXT.equals(each.settings().get(Dimension.RATE)))
        .filter(each -> each.method().orElse("").equals(method))
        .flatMap(each -> each.last().stream())
        .mapToDouble(Leg::learningRate)
        .findFirst();
  }
}
