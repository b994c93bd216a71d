package org.ptuning4j.settings;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Values of declared settings: those that were given, and the defaults of the others. Immutable.
 */
public final class SettingValues {

  private final List<Setting<?>> declared;
  private final Map<String, Object> given;

  private SettingValues(List<Setting<?>> declared, Map<String, Object> given) {
    this.declared = declared;
    this.given = given;
  }

  /** None given yet. */
  public static SettingValues of(Collection<? extends Setting<?>> declared) {
    return new SettingValues(List.copyOf(declared), Map.of());
  }

  /** Which settings there are. */
  public List<Setting<?>> declared() {
    return declared;
  }

  /**
   * With a value.
   *
   * @throws InvalidSettingException if it is out of range
   * @throws IllegalArgumentException if the setting is not declared here
   */
  public <T> SettingValues with(Setting<T> setting, T value) {
    requireDeclared(setting);
    Map<String, Object> more = new LinkedHashMap<>(given);
    more.put(setting.name(), setting.require(value));
    return new SettingValues(declared, Collections.unmodifiableMap(more));
  }

  /** With a value, where there is one. */
  public <T> SettingValues with(Setting<T> setting, Optional<T> value) {
    return value.map(present -> with(setting, present)).orElse(this);
  }

  /** With a value as it is written. */
  public <T> SettingValues withText(Setting<T> setting, String text) {
    return with(setting, setting.read(text));
  }

  /** The value that was given. */
  public <T> Optional<T> given(Setting<T> setting) {
    requireDeclared(setting);
    // Only `with` puts values in, each under a setting of its type.
    @SuppressWarnings("unchecked")
    T value = (T) given.get(setting.name());
    return Optional.ofNullable(value);
  }

  /** The value that was given, else the default, if there is one. */
  public <T> Optional<T> find(Setting<T> setting) {
    return given(setting).or(setting::byDefault);
  }

  /**
   * The value that was given, else the default.
   *
   * @throws IllegalStateException if there is neither
   */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting.name() + " has no default"));
  }

  /** All settings as JSON has them, in the order of their declaration; null for what is not set. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    declared.forEach(setting -> map.put(setting.key(), plain(setting)));
    return map;
  }

  private <T> Object plain(Setting<T> setting) {
    return find(setting).map(setting.values()::plain).orElse(null);
  }

  private void requireDeclared(Setting<?> setting) {
    if (!declared.contains(setting)) {
      throw new IllegalArgumentException("setting " + setting.name() + " is not declared here");
    }
  }
}
