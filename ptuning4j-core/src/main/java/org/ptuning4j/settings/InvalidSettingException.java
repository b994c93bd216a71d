package org.ptuning4j.settings;

import org.ptuning4j.InvalidInputException;

/** A setting has a value that is not usable. The message begins with the setting's name. */
public final class InvalidSettingException extends InvalidInputException {

  private static final long serialVersionUID = 1L;

  private final String setting;

  /**
   * The exception for a setting.
   *
   * @param setting the setting's name
   * @param problem the value found, and what would be right
   */
  public InvalidSettingException(String setting, String problem) {
    super(setting + ": " + problem);
    this.setting = setting;
  }

  /** The name of the setting. */
  public String setting() {
    return setting;
  }
}
