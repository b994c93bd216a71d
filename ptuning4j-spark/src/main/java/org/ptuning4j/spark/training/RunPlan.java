package org.ptuning4j.spark.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.data.BadRowPolicy;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;
import org.ptuning4j.task.Task;
import org.ptuning4j.task.cloze.ClozeTask;
import org.ptuning4j.task.standard.TaskKinds;
import org.ptuning4j.task.standard.Tasks;
import org.ptuning4j.train.config.TrainingConfig;
import org.ptuning4j.train.config.TrainingConfigBuilder;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * What is trained, in words that travel: every worker makes the same task and configuration of it.
 *
 * @param model the model's folder at each worker
 * @param task the name of a task that is installed, or the definition of one as JSON
 * @param method the method's name
 * @param settings of the run and its method, by their names; a worker's batch is among them
 * @param skipBadRows whether rows that cannot be used are left out instead of refused
 * @param workers how many make each step
 */
public record RunPlan(
    String model,
    String task,
    String method,
    Map<String, String> settings,
    boolean skipBadRows,
    int workers)
    implements Serializable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the settings. */
  public RunPlan {
    settings = new LinkedHashMap<>(settings); // a serializable one
  }

  /** The same for so many workers. */
  public RunPlan by(int number) {
    return new RunPlan(model, task, method, settings, skipBadRows, number);
  }

  /** What becomes of rows that cannot be used. */
  public BadRowPolicy badRows() {
    return skipBadRows ? BadRowPolicy.SKIP : BadRowPolicy.REFUSE;
  }

  /**
   * The task, put as a cloze where head or method ask for one.
   *
   * @throws InvalidInputException if there is none of that name, or its definition is wrong
   */
  public Task<?> chosenTask() {
    Task<?> plain = task.startsWith("{") ? defined(task) : Tasks.installed().get(task);
    String head = settings.get(TrainingSettings.HEAD.name());
    boolean asked = plainMethod().needsTemplate() || TrainingSettings.VERBALIZER.equals(head);
    boolean open = head == null || head.equals(TrainingSettings.AUTO);
    if (plain.hasTemplate()) {
      return plain;
    }
    if (asked) {
      return ClozeTask.of(
          plain
              .labelled()
              .orElseThrow(
                  () ->
                      InvalidInputException.of(
                          "task: '%s' (%s) has no labels that words could stand for, as %s asks",
                          plain.name(),
                          plain.kind(),
                          plainMethod().needsTemplate() ? "method " + method : "head " + head)));
    }
    return open && plainMethod().prefersTemplate()
        ? ClozeTask.over(plain, ModelFolder.open(Path.of(model)))
            .<Task<?>>map(cloze -> cloze)
            .orElse(plain)
        : plain;
  }

  private static Task<?> defined(String json) {
    try {
      return TaskKinds.installed()
          .read(JSON.readValue(json, new TypeReference<LinkedHashMap<String, Object>>() {}));
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          "task: the definition is no valid JSON (" + e.getOriginalMessage() + ")", e);
    }
  }

  private PromptMethod plainMethod() {
    return PromptMethods.installed().create(method, Map.of());
  }

  /**
   * How the run trains. The batch of its steps is that of all workers together.
   *
   * @throws InvalidInputException if a setting is wrong
   */
  public TrainingConfig config() {
    Task<?> chosen = chosenTask();
    MethodDeclaration declared = PromptMethods.installed().get(method);
    SettingValues run = SettingValues.of(TrainingSettings.all());
    for (Setting<?> setting : TrainingSettings.all()) {
      if (settings.containsKey(setting.name())) {
        run = run.withText(setting, settings.get(setting.name()));
      }
    }
    Map<String, Object> own = new LinkedHashMap<>();
    boolean placed = chosen.softTokens() > 0 && plainMethod().inputTokens() > 0;
    if (placed && declared.find("prompt-length").isPresent()) {
      own.put("prompt-length", chosen.softTokens());
    }
    settings.forEach(
        (name, value) -> {
          if (run(name).isEmpty()) {
            own.put(name, value);
          }
        });
    PromptMethod made = PromptMethods.installed().create(method, own);
    TrainingConfigBuilder builder = TrainingConfig.builder().method(made, chosen);
    TrainingSettings.apply(run, builder);
    TrainingConfig config = builder.build();
    return config.toBuilder().batching(config.batching().times(workers)).build();
  }

  private static Optional<Setting<?>> run(String name) {
    return TrainingSettings.all().stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst();
  }
}
