package org.ptuning4j.prompt;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.settings.Setting;
import org.ptuning4j.settings.SettingValues;

/**
 * What makes a method known by name: its settings, and how it is made of their values.
 *
 * @param name the method's name, as {@link PromptMethod#name} has it
 * @param settings its settings, in the order in which they are shown
 * @param factory makes it of the values of its settings
 */
public record MethodDeclaration(
    String name, List<Setting<?>> settings, Function<SettingValues, PromptMethod> factory) {

  /** Checks that no two settings have the same name. */
  public MethodDeclaration {
    settings = List.copyOf(settings);
    for (int i = 0; i < settings.size(); i++) {
      for (int j = 0; j < i; j++) {
        requireApart(name, settings.get(i), settings.get(j));
      }
    }
  }

  private static void requireApart(String method, Setting<?> one, Setting<?> other) {
    boolean same = other.isCalled(one.name()) || other.isCalled(one.shortName());
    if (same || one.isCalled(other.name()) || one.isCalled(other.shortName())) {
      throw InvalidInputException.of(
          "method %s: settings '%s' and '%s' have the same name", method, other.name(), one.name());
    }
  }

  /** The setting of a name, full or short; hyphens and underscores are the same. */
  public Optional<Setting<?>> find(String setting) {
    return settings.stream().filter(each -> each.isCalled(setting)).findFirst();
  }

  /** The names of its settings. */
  public List<String> settingNames() {
    return settings.stream().<String>map(Setting::name).toList();
  }
}
