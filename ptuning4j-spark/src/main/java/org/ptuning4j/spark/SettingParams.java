package org.ptuning4j.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * The settings of runs and methods as Spark's parameters: each declared once, where the library
 * declares it. Their values are texts, as on the command line; {@code prompt-length} is called
 * {@code promptLength}, as Spark's own are.
 */
final class SettingParams implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Map<String, Param<String>> byName = new LinkedHashMap<>(); // by the setting's name

  SettingParams(Identifiable parent) {
    settings()
        .forEach(
            (name, setting) ->
                byName.put(name, new Param<>(parent, camelCase(name), documentation(setting))));
  }

  /** Those of a run, and of all methods; settings of one name are one parameter. */
  private static Map<String, Setting<?>> settings() {
    Map<String, Setting<?>> all = new LinkedHashMap<>();
    TrainingSettings.all().forEach(setting -> all.put(setting.name(), setting));
    PromptMethods.installed()
        .all()
        .forEach(
            method ->
                method.settings().forEach(setting -> all.putIfAbsent(setting.name(), setting)));
    // A run goes on by itself, and files of other packs are not at the workers.
    all.remove(TrainingSettings.START_FROM.name());
    all.remove(TrainingSettings.PRECISION.name()); // the model has it, too
    return all;
  }

  private static String documentation(Setting<?> setting) {
    String range = setting.values().range();
    boolean each =
        setting.equals(TrainingSettings.BATCH) || setting.equals(TrainingSettings.TOKENS);
    return "%s %s%s. Default: %s"
        .formatted(
            setting.help() + (each ? " Each worker has one in a step." : ""),
            setting.values().kind(),
            range.isEmpty() ? "" : " " + range,
            setting.defaultInWords());
  }

  /** The parameter's name of a setting's. */
  static String camelCase(String name) {
    StringBuilder camel = new StringBuilder();
    for (String part : name.split("-", -1)) {
      camel.append(
          camel.length() == 0
              ? part
              : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
    }
    return camel.toString();
  }

  /** All of them. */
  List<Param<?>> all() {
    return new ArrayList<>(byName.values());
  }

  /** By the settings' names. */
  Map<String, Param<String>> byName() {
    return byName;
  }

  /**
   * The parameter of a setting.
   *
   * @param name as on the command line or as Spark's are: {@code prompt-length}, {@code
   *     promptLength}
   */
  Param<String> get(String name) {
    return byName.entrySet().stream()
        .filter(each -> each.getKey().equals(name) || each.getValue().name().equals(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "setting: there is no '%s'%s",
                    name,
                    Spelling.closest(name, byName.values().stream().map(Param::name).toList())
                        .map(near -> "; did you mean '" + near + "'?")
                        .orElse("")));
  }
}
