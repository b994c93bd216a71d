package org.ptuning4j.predict;

import java.util.Objects;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.tensor.engine.Precision;

/**
 * How a predictor computes and what it keeps in memory.
 *
 * @param precision of the backbone
 * @param families of backbones
 * @param kinds of tasks, heads and prompts
 * @param source where packs are found that are not added by hand
 * @param packBytes what tasks may take in memory. Those that were unused for the longest time are
 *     dropped and loaded again when they are asked for; tasks in use stay, whatever they take
 */
public record PredictorOptions(
    Precision precision,
    BackboneFamilies families,
    Pack.Kinds kinds,
    PackSource source,
    long packBytes) {

  /** Checks the values. */
  public PredictorOptions {
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(families, "families");
    Objects.requireNonNull(kinds, "kinds");
    Objects.requireNonNull(source, "source");
    if (packBytes < 0) {
      throw InvalidInputException.of(
          "%s: %d; bytes from 0 on are expected", new SettingName("pack-memory"), packBytes);
    }
  }

  /** The machine's best precision, all that is installed, no source and no limit. */
  public static PredictorOptions standard() {
    return new PredictorOptions(
        Precision.AUTO,
        BackboneFamilies.installed(),
        Pack.Kinds.installed(),
        PackSource.NONE,
        Long.MAX_VALUE);
  }

  /** The same in another precision. */
  public PredictorOptions withPrecision(Precision other) {
    return new PredictorOptions(other, families, kinds, source, packBytes);
  }

  /** The same with other families of backbones. */
  public PredictorOptions withFamilies(BackboneFamilies other) {
    return new PredictorOptions(precision, other, kinds, source, packBytes);
  }

  /** The same with other kinds of tasks, heads and prompts. */
  public PredictorOptions withKinds(Pack.Kinds other) {
    return new PredictorOptions(precision, families, other, source, packBytes);
  }

  /** The same with a source of packs. */
  public PredictorOptions withSource(PackSource other) {
    return new PredictorOptions(precision, families, kinds, other, packBytes);
  }

  /** The same with a limit on what tasks take in memory. */
  public PredictorOptions withPackBytes(long limit) {
    return new PredictorOptions(precision, families, kinds, source, limit);
  }
}
