package org.ptuning4j.cli.search;

import java.util.List;
import java.util.Optional;
import org.ptuning4j.search.SearchBudget;
import picocli.CommandLine.Option;

/** What a search is told besides the settings of its runs. */
final class SearchOptions {

  private static final int USUAL_TRIALS = 20;

  /** A few: what is learnt from them is used by the next. */
  static final int USUAL_AT_ONCE = 3;

  @Option(
      names = "--over",
      paramLabel = "NAME=VALUES",
      description =
          "Search this setting over these values, in place of what is searched by default: a list"
              + " A,B,C, or two numbers LOW..HIGH. A value default leaves the setting out; lr=auto"
              + " searches around the rate that a range test finds. Repeat it for others.")
  List<String> over = List.of();

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description =
          "How long it may take by the clock, all calls together. Without --epochs, trials are as"
              + " long as fits several of them into the time, over fewer rows if need be.")
  Double minutes;

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "How many trials are begun at most. Default: 20 without --minutes.")
  Integer trials;

  @Option(
      names = "--final-seeds",
      paramLabel = "N",
      description =
          "With how many seeds the two best are trained in the end; the higher mean wins. Default:"
              + " 3.")
  int finalSeeds = 3;

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description =
          "How many trials are chosen by the same results. So many can be trained side by side with"
              + " --spark; on one machine they are the same ones. Default: 3.")
  int atOnce = USUAL_AT_ONCE;

  @Option(
      names = "--cold-starts",
      description = "Start every trial anew, and none from the prompt of another.")
  boolean coldStarts;

  SearchBudget budget() {
    Optional<Integer> most = Optional.ofNullable(trials);
    return new SearchBudget(
        Optional.ofNullable(minutes),
        minutes == null && most.isEmpty() ? Optional.of(USUAL_TRIALS) : most,
        finalSeeds);
  }
}
