package org.ptuning4j.cli.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.method.PTuningV2;
import org.ptuning4j.prompt.method.PromptMethods;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;
import org.ptuning4j.train.config.TrainingSettings;

/**
 * All options of a run, made of what the methods and the run declare: there is none without a
 * declaration, and no declaration without one.
 */
final class DeclaredOptions {

  /** The settings that the paper publishes. */
  static final String PAPER = "paper";

  /** Where the other settings start from. */
  static final Setting<String> PRESET =
      Setting.unset(
          "preset",
          Values.choice("NAME", List.of(PAPER)),
          "none",
          "Start from published settings for the task and the size of model. Options that are given"
              + " as well win.");

  private final PromptMethods methods;
  private final Setting<String> method;
  private final Map<String, DeclaredOption> byOption = new LinkedHashMap<>();

  private DeclaredOptions(PromptMethods methods) {
    this.methods = methods;
    this.method =
        Setting.of(
            "method", Values.choice("NAME", methods.names()), PTuningV2.NAME, "What is trained.");
    add(DeclaredOption.of(method));
    for (MethodDeclaration each : methods.all()) {
      TrainingSettings.requireApart(each);
      each.settings().forEach(setting -> addOwn(each.name(), setting));
    }
    add(DeclaredOption.of(PRESET));
    TrainingSettings.all().forEach(setting -> add(DeclaredOption.of(setting)));
  }

  /** Those of all methods that are known here, extensions' among them. */
  static DeclaredOptions installed() {
    return new DeclaredOptions(PromptMethods.installed());
  }

  private void add(DeclaredOption option) {
    byOption.put(option.option(), option);
  }

  private void addOwn(String methodName, Setting<?> setting) {
    Map<String, Setting<?>> owners = new LinkedHashMap<>();
    find("--" + setting.name()).ifPresent(known -> owners.putAll(known.ofMethods()));
    owners.put(methodName, setting);
    add(new DeclaredOption(setting.name(), Optional.empty(), owners));
  }

  /** The methods. */
  PromptMethods methods() {
    return methods;
  }

  /** The setting that is the method's name. */
  Setting<String> method() {
    return method;
  }

  /** In the order in which they are shown. */
  List<DeclaredOption> all() {
    return new ArrayList<>(byOption.values());
  }

  /** The option of that name, as it is typed. */
  Optional<DeclaredOption> find(String option) {
    return Optional.ofNullable(byOption.get(option));
  }

  /** The options that a method has no use for; none where it is not known. */
  List<String> meaningless(String methodName) {
    List<String> options = new ArrayList<>();
    if (methods.names().contains(methodName)) {
      for (DeclaredOption option : all()) {
        if (option.isOfMethods() && option.of(methodName).isEmpty()) {
          options.add(option.option());
        }
      }
      if (!methodName.equals(PTuningV2.NAME)) {
        options.add("--" + PRESET.name());
      }
    }
    return options;
  }
}
