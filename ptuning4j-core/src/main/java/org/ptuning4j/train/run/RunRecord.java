package org.ptuning4j.train.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;
import org.ptuning4j.head.TagHead;
import org.ptuning4j.prompt.form.PrefixSoftmax;
import org.ptuning4j.prompt.setting.MethodSettings;
import org.ptuning4j.tensor.engine.Engine;
import org.ptuning4j.tensor.engine.KernelPlan;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingSettings;

/** What {@code run.json} records, so that a run is only ever resumed as the run that it was. */
public final class RunRecord {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What versions did that had no such setting. */
  private static final Map<String, String> BEFORE =
      Map.of(
          "settings." + TrainingSettings.TAG_HEAD.key(),
          TagHead.SOFTMAX.label(),
          "settings." + MethodSettings.PREFIX_SOFTMAX.key(),
          PrefixSoftmax.JOINT.label());

  private RunRecord() {}

  /** The kernels of the run in a folder, which a resumed run has to use again. */
  public static Optional<KernelPlan> recordedPlan(RunFolder run) {
    try {
      return run.settings()
          .map(settings -> JSON.convertValue(settings.get("kernels"), KernelPlan.class));
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException(
          run.path() + ": run.json names kernels that this version does not know", e);
    }
  }

  /**
   * Writes the settings of a new run; for a resumed one, makes sure that they are the same.
   *
   * @throws InvalidInputException if they are not; the message names each difference
   */
  public static void record(
      RunFolder run,
      String task,
      Map<String, Object> definitions,
      TrainingConfig config,
      Engine engine,
      Map<String, Object> fingerprints) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("task", task);
    record.put("tasks", definitions);
    Map<String, Object> settings = new LinkedHashMap<>(config.settings());
    settings.remove(TrainingSettings.STOP_AFTER.key()); // it may go on for longer
    record.put("settings", settings);
    record.put("fingerprints", fingerprints);
    record.put("kernels", engine.plan());
    Optional<JsonNode> earlier = run.settings();
    if (earlier.isEmpty()) {
      run.writeSettings(record);
      return;
    }
    JsonNode mine = JSON.valueToTree(record);
    List<String> differences = new ArrayList<>();
    differences(earlier.get(), mine, "", differences);
    if (!differences.isEmpty()) {
      throw InvalidInputException.of(
          "resume: %s holds a run with other settings: %s; repeat the run's own command with"
              + " %s, or choose another folder",
          run.path(), String.join("; ", differences), new SettingName("resume"));
    }
  }

  private static void differences(JsonNode earlier, JsonNode now, String path, List<String> found) {
    if (earlier.isObject() && now.isObject()) {
      now.fieldNames()
          .forEachRemaining(
              name ->
                  differences(
                      earlier.path(name),
                      now.path(name),
                      path.isEmpty() ? name : path + "." + name,
                      found));
    } else if (earlier.isMissingNode()) {
      String before = BEFORE.get(path);
      boolean unused = before != null && now.isNull(); // of other tasks, in either version
      if (!unused && !now.asText().equals(before)) {
        found.add(
            path
                + " is not recorded there (by an earlier version"
                + (before == null ? "" : ", which had " + before)
                + "), is "
                + now);
      }
    } else if (now.isContainerNode()
        ? !earlier.equals(now)
        : !earlier.asText().equals(now.asText())) {
      found.add(path + " was " + earlier + ", is " + now);
    }
  }
}
