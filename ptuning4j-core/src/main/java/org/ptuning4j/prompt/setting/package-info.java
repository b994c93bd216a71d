/** Settings that several methods have. */
package org.ptuning4j.prompt.setting;
