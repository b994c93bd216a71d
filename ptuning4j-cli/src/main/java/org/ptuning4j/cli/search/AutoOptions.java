package org.ptuning4j.cli.search;

import org.ptuning4j.InvalidInputException;
import org.ptuning4j.cli.study.CellPlace;
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

  @Option(
      names = CellPlace.CELL,
      hidden = true,
      paramLabel = "NAME",
      description = "Train this run for the process that started this one.")
  String cell;

  /** Whether settings are searched. */
  public boolean isOn() {
    if (!auto && minutes != null) {
      throw InvalidInputException.of(
          "auto-minutes: %s is the time of a search; add --auto, or leave it out", minutes);
    }
    return auto;
  }

  /** The run that this process trains for another; null for none. */
  public String cell() {
    return cell;
  }

  /** The minutes that there are. */
  double minutes() {
    return minutes == null ? USUAL_MINUTES : minutes;
  }
}
