/** How a run trains: its settings, declared once, with their ranges and defaults. */
package org.ptuning4j.train.config;
