/**
 * Settings declared once: name, kind and range of values, default, help. What reads, checks,
 * records and documents a setting is made from its declaration.
 */
package org.ptuning4j.settings;
