package org.ptuning4j.cli.search;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.backbone.BackboneSpec;
import org.ptuning4j.head.EmbeddingPooling;
import org.ptuning4j.head.SequenceInput;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.search.Dimension;
import org.ptuning4j.search.Domain;
import org.ptuning4j.search.Domain.AroundFound;
import org.ptuning4j.search.Domain.Interval;
import org.ptuning4j.search.Domain.Listed;
import org.ptuning4j.search.SearchSpace.Change;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.task.Task;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * What is searched where nothing else is said. docs/search.md has it as a table.
 *
 * @param spec of the model
 * @param task as it was asked for
 * @param linear whether a linear head answers, and not words
 * @param usualRates the learning rate that usually works for each method that is searched, the
 *     first of which is tried first
 * @param pooling what the model was trained to read, which heads and tags follow by themselves
 */
record DefaultSpace(
    BackboneSpec spec,
    Task<?> task,
    boolean linear,
    Map<String, Double> usualRates,
    EmbeddingPooling pooling) {

  /** How far beyond the usual rate and that of a range test rates are searched. */
  private static final double BEYOND = 3;

  private static final int SHORTEST = 5;

  /** Twice the usual length. */
  private static final int LONGER = 40;

  private static final int LONGEST = 80;

  /** Fewer layers than this are not divided. */
  private static final int FEW_LAYERS = 3;

  /** The default values of a setting; empty where it is not searched. */
  Optional<Domain> of(String name, Optional<Setting<?>> setting) {
    if (name.equals(TrainingSettings.LEARNING_RATE.name())) {
      return Optional.of(rates());
    }
    if (name.equals(TrainingSettings.HEAD.name())) {
      return heads();
    }
    if (name.equals(TrainingSettings.READ_LAYER.name())) {
      return readLayers();
    }
    if (setting.isEmpty()) {
      return Optional.empty(); // the method has no such setting
    }
    if (name.equals(MethodSettings.LENGTH.name())) {
      return lengths();
    }
    if (name.equals(MethodSettings.INIT.name())) {
      return Optional.of(new Listed(starts(setting.get())));
    }
    return switch (name) {
      case "layers" -> depths();
      case "projection" ->
          Optional.of(
              new Listed(
                  List.of(
                      Domain.UNSET,
                      Domain.UNSET,
                      Domain.UNSET,
                      Integer.toString(PTuningV2.DEFAULT_PROJECTION))));
      case "prompt-dropout" -> Optional.of(new Listed(List.of("0", "0.1")));
      case "positions" -> Optional.of(new Listed(List.of("unshifted", "shifted")));
      case "residual" -> Optional.of(new Listed(List.of(Domain.UNSET, "400")));
      case "encoder" -> Optional.of(new Listed(List.of("lstm", "mlp")));
      default -> Optional.empty();
    };
  }

  /** Rates around the usual one and that of a range test. */
  AroundFound rates() {
    Map<String, Double> usual = new HashMap<>(usualRates);
    if (isOneMethod()) {
      usual.put("", onlyRate()); // trials do not name it
    }
    return new AroundFound(usual, BEYOND);
  }

  /** The settings that are searched by default, in the order in which they are shown. */
  static List<String> names() {
    return List.of(
        TrainingSettings.LEARNING_RATE.name(),
        MethodSettings.LENGTH.name(),
        MethodSettings.LAYERS.name(),
        TrainingSettings.READ_LAYER.name(),
        MethodSettings.INIT.name(),
        PTuningV2.PROJECTION.name(),
        MethodSettings.PROMPT_DROPOUT.name(),
        MethodSettings.POSITIONS.name(),
        "residual",
        "encoder",
        TrainingSettings.HEAD.name());
  }

  private Optional<Domain> lengths() {
    int room = spec.maxPositions() - task.truncation().maxLength();
    int longest = Math.min(LONGEST, room);
    return longest > SHORTEST
        ? Optional.of(new Interval(SHORTEST, longest, true))
        : Optional.empty();
  }

  private Optional<Domain> depths() {
    int layers = spec.layers();
    if (layers < FEW_LAYERS) {
      return Optional.empty();
    }
    int most = Math.max(1, Math.round(layers * 2 / 3f));
    int few = Math.max(1, Math.round(layers / 3f));
    List<String> values = new ArrayList<>(List.of(Domain.UNSET, "top:" + most));
    if (few < most) {
      values.add("top:" + few);
    }
    return Optional.of(new Listed(values));
  }

  private Optional<Domain> readLayers() {
    boolean whole = spec.readingLayers() == spec.layers();
    return linear && whole && spec.layers() >= FEW_LAYERS
        ? Optional.of(new Listed(List.of(Domain.UNSET, Integer.toString(otherLayer()))))
        : Optional.empty();
  }

  /** Whether words are read below the last layer without being asked for. */
  private boolean readsLower() {
    return task.answersWords() && pooling.tokenLayer(spec).isPresent();
  }

  /** The layer that is tried beside the one that is read by itself. */
  private int otherLayer() {
    return readsLower() ? spec.layers() : spec.layers() - 1;
  }

  private boolean readsMean() {
    return pooling.input(spec.direction()).filter(SequenceInput.MEAN::equals).isPresent();
  }

  private Optional<Domain> heads() {
    boolean searched = linear && task.labelled().isPresent() && !readsMean();
    return searched ? Optional.of(new Listed(List.of(Domain.UNSET, "mean"))) : Optional.empty();
  }

  private List<String> starts(Setting<?> setting) {
    List<String> starts = new ArrayList<>(List.of(Domain.UNSET));
    boolean deep = setting.equals(MethodSettings.INIT);
    starts.addAll(deep ? List.of("unit-normal", "model-normal", "zero") : List.of("normal"));
    if (task.labelled().isPresent()) {
      starts.add("labels");
    }
    return starts;
  }

  private boolean isOneMethod() {
    return usualRates.size() == 1;
  }

  private double onlyRate() {
    return usualRates.values().iterator().next();
  }

  /** Settings that are tried first: each method's defaults. */
  List<Map<String, String>> starters() {
    List<Map<String, String>> starters = new ArrayList<>();
    usualRates.forEach(
        (method, rate) ->
            starters.add(
                Map.of(
                    Dimension.METHOD,
                    method,
                    TrainingSettings.LEARNING_RATE.name(),
                    Double.toString(rate))));
    return starters;
  }

  /**
   * What is changed of them first, the most likely to help first (docs/study.md): for whole texts
   * the mean of all tokens, for words a layer below the last; a higher rate, a longer prompt. The
   * range test comes late, because rates that are usual proved better. Of several methods the same
   * rate would be another change for each, so that it is not among them.
   */
  List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    String rate = TrainingSettings.LEARNING_RATE.name();
    Change layer = changed(TrainingSettings.READ_LAYER.name(), otherLayer());
    boolean words = task.labelled().isEmpty() && !readsLower();
    if (words) {
      changes.add(layer);
    }
    heads().ifPresent(heads -> changes.add(changed(TrainingSettings.HEAD.name(), "mean")));
    if (isOneMethod()) {
      changes.add(changed(rate, 2 * onlyRate()));
    }
    changes.add(changed(MethodSettings.LENGTH.name(), LONGER));
    if (!words) {
      changes.add(layer);
    }
    if (isOneMethod()) {
      changes.add(changed(rate, onlyRate() / 2));
    }
    changes.add(changed(rate, rates().text()));
    return changes;
  }

  private static Change changed(String setting, Object value) {
    return new Change(Map.of(setting, String.valueOf(value)));
  }
}
