package org.ptuning4j.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ptuning4j.search.SearchSpace.Change;

/** What a search tries next to the settings that it begins with. */
class StepsTest {

  private static final Map<String, String> DEFAULTS = Map.of("lr", "0.01");
  private static final Change MEAN = new Change(Map.of("head", "mean"));
  private static final Change FASTER = new Change(Map.of("lr", "0.02"));
  private static final Change FOUND = new Change(Map.of("lr", "auto"));
  private static final Change LONGER = new Change(Map.of("prompt-length", "40"));

  private final List<Trial> trials = new ArrayList<>();

  private static Steps steps(Change... changes) {
    List<Dimension> dimensions = new ArrayList<>();
    for (String name : List.of("lr", "head", "prompt-length")) {
      dimensions.add(new Dimension(name, new Domain.Listed(List.of("default"))));
    }
    return new Steps(
        new SearchSpace(dimensions, List.of(DEFAULTS), List.of(changes)), new Ladder(List.of(1)));
  }

  private void trial(Map<String, String> settings, double value, double rate) {
    Leg leg = new Leg(1, true, value, Map.of("accuracy", value), 1, 10, rate, 1, 1, 0);
    trials.add(Trial.begun(trials.size(), "", settings, 11, Optional.empty()).with(leg));
  }

  private static Map<String, String> with(Change... changes) {
    Map<String, String> all = new LinkedHashMap<>(DEFAULTS);
    for (Change each : changes) {
      all.putAll(each.settings());
    }
    return all;
  }

  private static List<Map<String, String>> settings(List<Steps.Step> steps) {
    return steps.stream().map(Steps.Step::settings).toList();
  }

  @Test
  void itBeginsWithTheDefaultsAndEachChangeOfThem() {
    assertThat(settings(steps(MEAN, FASTER).next(trials)))
        .containsExactly(DEFAULTS, with(MEAN), with(FASTER));
  }

  @Test
  void whatWasNotTriedIsChangedOfTheBest() {
    trial(DEFAULTS, 0.5, 0.01);
    trial(with(MEAN), 0.7, 0.01);
    trial(with(FASTER), 0.4, 0.02);
    List<Steps.Step> next = steps(MEAN, FASTER, LONGER).next(trials);
    assertThat(settings(next)).containsExactly(with(MEAN, LONGER));
    assertThat(next.get(0).origin()).isEqualTo("step from 1");
  }

  @Test
  void changesThatHelpedAreMadeTogetherOnce() {
    trial(DEFAULTS, 0.5, 0.01);
    trial(with(MEAN), 0.7, 0.01);
    trial(with(FASTER), 0.6, 0.02);
    Steps steps = steps(MEAN, FASTER);
    assertThat(settings(steps.next(trials))).containsExactly(with(MEAN, FASTER));
    trial(with(MEAN, FASTER), 0.65, 0.02);
    assertThat(steps.next(trials)).isEmpty();
  }

  /** Both set the rate: that which helped more wins, as the number that the test found. */
  @Test
  void ofTwoChangesOfASettingTheBetterOneIsTaken() {
    trial(DEFAULTS, 0.5, 0.01);
    trial(with(FASTER), 0.55, 0.02);
    trial(with(FOUND), 0.6, 0.013);
    trial(with(MEAN, FOUND), 0.7, 0.013); // no step from a trial: nothing else is known of it
    trial(with(LONGER), 0.6, 0.01);
    assertThat(settings(steps(FASTER, FOUND, LONGER).next(trials)))
        .containsExactly(Map.of("lr", "0.013", "prompt-length", "40"));
  }

  @Test
  void aTieOrATrialWithoutAValueChangesNothing() {
    trial(DEFAULTS, 0.5, 0.01);
    trial(with(MEAN), 0.5, 0.01);
    trials.add(Trial.begun(2, "", with(FASTER), 11, Optional.empty()).failed("NaN"));
    assertThat(settings(steps(MEAN, FASTER, LONGER).next(trials))).containsExactly(with(LONGER));
  }
}
