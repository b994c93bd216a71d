package org.ptuning4j.cli.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.Values;

/**
 * An option that is made of declarations: of one setting of a run, or of the settings of that name
 * that methods have.
 *
 * @param name the setting's name; {@code --name} is the option
 * @param ofRun the run's setting; empty where methods have it
 * @param ofMethods the setting of each method that has it, by the method's name
 */
record DeclaredOption(String name, Optional<Setting<?>> ofRun, Map<String, Setting<?>> ofMethods) {

  /** An option of a run. */
  static DeclaredOption of(Setting<?> setting) {
    return new DeclaredOption(setting.name(), Optional.of(setting), Map.of());
  }

  /** The option as it is typed. */
  String option() {
    return "--" + name;
  }

  /** Whether it is a setting of methods. */
  boolean isOfMethods() {
    return ofRun.isEmpty();
  }

  /**
   * The setting that it is for a method.
   *
   * @return empty if the method has no such setting
   */
  Optional<Setting<?>> of(String method) {
    return isOfMethods() ? Optional.ofNullable(ofMethods.get(method)) : ofRun;
  }

  /** One of the settings; all are written in the same way. */
  Setting<?> any() {
    return ofRun.orElseGet(() -> ofMethods.values().iterator().next());
  }

  /** The values that can be listed, those of all methods together. */
  List<String> choices() {
    return settings().stream()
        .flatMap(each -> each.values().choices().stream())
        .distinct()
        .toList();
  }

  private List<Setting<?>> settings() {
    return ofRun.<List<Setting<?>>>map(List::of).orElseGet(() -> List.copyOf(ofMethods.values()));
  }

  /** What it does, its range, its default, and which methods have it. */
  String help() {
    if (ofRun.isPresent()) {
      Setting<?> setting = ofRun.get();
      return sentences(setting.help(), allowed(setting), byDefault(setting), "");
    }
    Map<String, List<String>> byHelp = methodsBy(ofMethods, Setting::help);
    List<String> parts = new ArrayList<>();
    byHelp.forEach(
        (help, methods) -> {
          Map<String, Setting<?>> own = new LinkedHashMap<>(ofMethods);
          own.keySet().retainAll(methods);
          String text =
              sentences(
                  help,
                  varied(own, DeclaredOption::allowed),
                  varied(own, DeclaredOption::byDefault),
                  byHelp.size() > 1 ? "" : String.join(", ", methods));
          parts.add(byHelp.size() > 1 ? String.join(", ", methods) + ": " + text : text);
        });
    return String.join(" ", parts);
  }

  private static String sentences(String help, String allowed, String byDefault, String methods) {
    StringBuilder text = new StringBuilder(help);
    if (!allowed.isEmpty()) {
      text.append(" Values: ").append(allowed).append('.');
    }
    if (!byDefault.isEmpty()) {
      text.append(" Default: ").append(byDefault).append('.');
    }
    if (!methods.isEmpty()) {
      text.append(" Methods: ").append(methods).append('.');
    }
    return text.toString();
  }

  /**
   * The range, or the values that are listed; nothing where the help says it or all are allowed.
   */
  private static String allowed(Setting<?> setting) {
    Values<?> values = setting.values();
    boolean listed = !values.isFlag() && !values.choices().isEmpty();
    return listed ? String.join(", ", values.choices()) : values.range();
  }

  /** The default in words; nothing for a switch, which is off. */
  private static String byDefault(Setting<?> setting) {
    return setting.values().isFlag() ? "" : setting.defaultInWords();
  }

  /** What most methods have, and then those that differ. */
  private static String varied(
      Map<String, Setting<?>> settings, Function<Setting<?>, String> property) {
    Map<String, List<String>> byText = methodsBy(settings, property);
    int most = byText.values().stream().mapToInt(List::size).max().orElseThrow();
    String usual =
        byText.entrySet().stream()
            .filter(entry -> entry.getValue().size() == most)
            .findFirst()
            .orElseThrow()
            .getKey();
    byText.keySet().remove(usual);
    return byText.entrySet().stream()
        .map(entry -> "; " + entry.getKey() + " for " + String.join(", ", entry.getValue()))
        .collect(Collectors.joining("", usual, ""));
  }

  private static Map<String, List<String>> methodsBy(
      Map<String, Setting<?>> settings, Function<Setting<?>, String> property) {
    Map<String, List<String>> methods = new LinkedHashMap<>();
    settings.forEach(
        (method, setting) ->
            methods
                .computeIfAbsent(property.apply(setting), text -> new ArrayList<>())
                .add(method));
    return methods;
  }
}
