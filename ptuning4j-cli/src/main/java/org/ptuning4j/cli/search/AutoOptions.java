package org.ptuning4j.cli.search;

import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.study.PlaceOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code ptune train} that let it search. */
public final class AutoOptions {

  private static final double USUAL_MINUTES = 10;

  @Option(
      names = "--auto",
      description =
          "Search the settings that are not given, as `ptune search` does, and keep the best run.")
  boolean auto;

  @Option(
      names = "--auto-minutes",
      paramLabel = "N",
      description = "With --auto: how long it may take. Default: 10.")
  Double minutes;

  @Mixin PlaceOptions place;

  /** Whether settings are searched. */
  public boolean isOn() {
    if (!auto && minutes != null) {
      throw InvalidInputException.of(
          "auto-minutes: %s is the time of a search; add --auto, or leave it out", minutes);
    }
    if (!auto && place.onSpark()) {
      throw new InvalidInputException(
          "spark: it is for several runs; add --auto, or use ptuning4j-spark's own training for"
              + " one on several machines");
    }
    return auto;
  }

  /** Where trials are trained. */
  PlaceOptions place() {
    return place;
  }

  /** The run that this process trains for another. */
  public Optional<String> cell() {
    return place.cell();
  }

  /** The minutes that there are. */
  double minutes() {
    return minutes == null ? USUAL_MINUTES : minutes;
  }
}
