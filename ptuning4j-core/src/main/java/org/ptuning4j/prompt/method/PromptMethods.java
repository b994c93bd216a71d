package org.ptuning4j.prompt.method;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ptuning4j.Extensions;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;
import org.ptuning4j.prompt.MethodDeclaration;
import org.ptuning4j.prompt.PromptMethod;
import org.ptuning4j.prompt.PromptMethodProvider;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;

/**
 * The methods that can be asked for by name, on the command line or in a file. Immutable: {@link
 * #with} gives a registry with one more.
 */
public final class PromptMethods {

  private final Map<String, MethodDeclaration> methods;

  private PromptMethods(Map<String, MethodDeclaration> methods) {
    this.methods = methods;
  }

  /** The methods of this library. */
  public static PromptMethods standard() {
    return new PromptMethods(Map.of())
        .with(PTuningV2.DECLARATION)
        .with(PrefixTuning.DECLARATION)
        .with(PromptTuning.DECLARATION)
        .with(PTuning.DECLARATION)
        .with(SoftPrompts.DECLARATION)
        .with(UnusedTokens.DECLARATION)
        .with(ManualPrompt.DECLARATION)
        .with(HeadOnly.DECLARATION)
        .with(FullFineTuning.DECLARATION);
  }

  /** The methods of this library and those of extensions on the class path. */
  public static PromptMethods installed() {
    PromptMethods all = standard();
    for (PromptMethodProvider provider : Extensions.of(PromptMethodProvider.class)) {
      for (MethodDeclaration method : provider.methods()) {
        all = all.with(method);
      }
    }
    return all;
  }

  /**
   * The registry with a further method.
   *
   * @throws InvalidInputException if there is one of that name already, or another method has a
   *     setting of the same name whose values are of another kind
   */
  public PromptMethods with(MethodDeclaration method) {
    if (methods.containsKey(method.name())) {
      throw InvalidInputException.of(
          "there is a method '%s' already; choose another name", method.name());
    }
    for (MethodDeclaration other : methods.values()) {
      for (Setting<?> setting : method.settings()) {
        other.settings().stream()
            .filter(own -> own.name().equals(setting.name()))
            .filter(own -> own.values().isFlag() != setting.values().isFlag())
            .findFirst()
            .ifPresent(
                own -> {
                  throw InvalidInputException.of(
                      "method %s: setting '%s' is %s, and the setting of that name of method %s is"
                          + " %s; choose another name",
                      method.name(),
                      setting.name(),
                      setting.values().kind(),
                      other.name(),
                      own.values().kind());
                });
      }
    }
    Map<String, MethodDeclaration> more = new LinkedHashMap<>(methods);
    more.put(method.name(), method);
    return new PromptMethods(Collections.unmodifiableMap(more));
  }

  /** The names, in the order in which they were registered. */
  public List<String> names() {
    return List.copyOf(methods.keySet());
  }

  /** All methods, in the order in which they were registered. */
  public List<MethodDeclaration> all() {
    return List.copyOf(methods.values());
  }

  /**
   * The declaration of a method.
   *
   * @throws InvalidInputException if there is no such method
   */
  public MethodDeclaration get(String name) {
    MethodDeclaration method = methods.get(name);
    if (method == null) {
      throw InvalidInputException.of(
          "method: there is no '%s'; there are: %s%s",
          name, String.join(", ", methods.keySet()), guess(name, methods.keySet()));
    }
    return method;
  }

  /**
   * A method with its settings.
   *
   * @param settings values by name (full or short, with hyphens or underscores), as texts, numbers
   *     or truth values; those that are null are not set
   * @throws InvalidInputException if there is no such method, it does not have one of the settings,
   *     one is given twice, or a value is not usable
   */
  public PromptMethod create(String name, Map<String, ?> settings) {
    MethodDeclaration method = get(name);
    Map<String, String> said = new LinkedHashMap<>();
    SettingValues values = SettingValues.of(method.settings());
    for (Map.Entry<String, ?> entry : settings.entrySet()) {
      if (entry.getValue() == null) {
        continue;
      }
      Setting<?> setting =
          method.find(entry.getKey()).orElseThrow(() -> unknownSetting(method, entry.getKey()));
      String earlier = said.put(setting.name(), entry.getKey());
      if (earlier != null) {
        throw InvalidInputException.of(
            "method: '%s' and '%s' are the same setting; give one of them",
            earlier, entry.getKey());
      }
      values = values.withText(setting, entry.getValue().toString());
    }
    return method.factory().apply(values);
  }

  /** The names of the methods that have a setting of that name, full or short. */
  public List<String> having(String setting) {
    return methods.values().stream()
        .filter(method -> method.find(setting).isPresent())
        .map(MethodDeclaration::name)
        .toList();
  }

  private InvalidInputException unknownSetting(MethodDeclaration method, String setting) {
    List<String> having = having(setting);
    List<String> own = method.settingNames();
    return InvalidInputException.of(
        "%s: method %s has no such setting (it has %s); %s",
        setting,
        method.name(),
        own.isEmpty() ? "none" : String.join(", ", own),
        having.isEmpty()
            ? "no method has it" + guess(setting, own)
            : "it belongs to " + String.join(", ", having));
  }

  private static String guess(String name, Collection<String> known) {
    return Spelling.closest(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }
}
