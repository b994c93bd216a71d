package org.ptuning4j.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.setting.LayerRange;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.train.config.TrainingConfig;

/**
 * Warm starts: a trial whose prompt is shorter, or in fewer layers, than that of another begins
 * with what the other has there. A prompt that a projection makes cannot be cut.
 */
final class PromptCuts {

  private final SearchSpace space;
  private final TrialRuns runs;
  private final int layers;

  /**
   * Cuts of prompts of a space.
   *
   * @param layers of the model
   */
  PromptCuts(SearchSpace space, TrialRuns runs, int layers) {
    this.space = space;
    this.runs = runs;
    this.layers = layers;
  }

  /**
   * A shorter or shallower prompt with its start.
   *
   * @param settings of the trial that has it
   * @param start where its prompt comes from
   */
  record Cut(Map<String, String> settings, WarmStart start) {

    /** Copies the settings in their order. */
    Cut {
      settings = new LinkedHashMap<>(settings);
    }
  }

  /**
   * A prompt that is cut from a trial's.
   *
   * @param settings of that trial
   * @param number of the new one
   * @return empty if that trial has none that could be cut
   */
  Optional<Cut> of(
      Trial parent, Map<String, String> settings, int number, SplittableRandom random) {
    TrainingConfig config =
        runs.run(new RunRequest("cut", settings, parent.seed(), 1, 1, null, null)).config();
    PromptMethod method = config.method();
    SettingValues values = method.settings();
    if (method.trainsBackbone() || isMade(values)) {
      return Optional.empty();
    }
    List<Map<String, String>> smaller = new ArrayList<>();
    shorter(values).forEach(value -> smaller.add(with(settings, MethodSettings.LENGTH, value)));
    int read = config.readLayer().orElse(layers);
    shallower(values, read)
        .forEach(value -> smaller.add(with(settings, MethodSettings.LAYERS, value)));
    if (smaller.isEmpty()) {
      return Optional.empty();
    }
    String pack = String.format(Locale.ROOT, "starts/%04d", number);
    return Optional.of(
        new Cut(
            smaller.get(random.nextInt(smaller.size())),
            new WarmStart(parent.number(), parent.epochs(), pack, parent.trainSeconds())));
  }

  private static Map<String, String> with(
      Map<String, String> settings, Setting<?> setting, String value) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    if (value.equals(Domain.UNSET)) {
      all.remove(setting.name());
    } else {
      all.put(setting.name(), value);
    }
    return all;
  }

  /** Whether the prompt is the product of a network. */
  private static boolean isMade(SettingValues values) {
    return values.declared().contains(PTuningV2.PROJECTION)
        && values.given(PTuningV2.PROJECTION).isPresent();
  }

  private List<String> shorter(SettingValues values) {
    Optional<Domain> domain = space.find(MethodSettings.LENGTH.name()).map(Dimension::domain);
    Optional<Integer> length =
        values.declared().stream()
            .filter(setting -> setting.isCalled(MethodSettings.LENGTH.name()))
            .map(setting -> values.toMap().get(setting.key()))
            .filter(Integer.class::isInstance)
            .map(Integer.class::cast)
            .findFirst();
    if (domain.isEmpty() || length.isEmpty()) {
      return List.of();
    }
    if (domain.get() instanceof Domain.Listed listed) {
      return listed.values().stream()
          .distinct()
          .filter(value -> value.matches("[1-9][0-9]{0,8}"))
          .filter(value -> Integer.parseInt(value) < length.get())
          .toList();
    }
    String half = Integer.toString(length.get() / 2);
    return domain.get().contains(half) ? List.of(half) : List.of();
  }

  private List<String> shallower(SettingValues values, int read) {
    Optional<Domain> domain = space.find(MethodSettings.LAYERS.name()).map(Dimension::domain);
    if (!(domain.orElse(null) instanceof Domain.Listed listed)
        || !values.declared().contains(MethodSettings.LAYERS)) {
      return List.of();
    }
    Set<Integer> own = Set.copyOf(values.get(MethodSettings.LAYERS).indices(read));
    List<String> fewer = new ArrayList<>();
    for (String value : listed.values().stream().distinct().toList()) {
      LayerRange range = value.equals(Domain.UNSET) ? LayerRange.all() : new LayerRange(value);
      if (range.isWithin(read)) {
        Set<Integer> others = Set.copyOf(range.indices(read));
        if (others.size() < own.size() && own.containsAll(others)) {
          fewer.add(value);
        }
      }
    }
    return fewer;
  }
}
