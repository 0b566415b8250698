"""Values read from notes: exact values, moments, qualifiers and offsets, and what is no value.

A value is written as analyte, number in the canonical unit (two for a range), moment unless it is
the current one, and in brackets what was said of oxygen.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdi.domain.reading import Measurement, Section, Sentence, Timing
from cdi.nlp.gate import Gate
from cdi.nlp.joined import JoinedTexts
from cdi.nlp.measurement_names import Found
from cdi.nlp.measurements import MeasurementReader
from cdi.resources import models
from cdi.rules.measurements import Analytes, load_analytes

FORMS = [
    ("creatinine of 2.4", ["creatinine 2.4"]),
    ("Creatinine: 2.4", ["creatinine 2.4"]),
    ("creatinine was found to be 2.4", ["creatinine 2.4"]),
    ("creatinine on admission was 2.1", ["creatinine 2.1"]),
    ("creatinine on 6/27/2009 was 0.9", ["creatinine 0.9"]),
    ("creatinine on hospital day 2 was 3.1", ["creatinine 3.1"]),
    ("creatinine level at 0500 was 2.2", ["creatinine 2.2"]),
    ("creatinine-2.1", ["creatinine 2.1"]),
    ("Creatinine (mg/dL): 2.4", ["creatinine 2.4"]),
    ("Creatinine (0.6-1.2) 2.4", ["creatinine 2.4"]),
    ("Creatinine | 2.4 | mg/dL", ["creatinine 2.4"]),
    ("Creatinine        2.4 H    0.6-1.2 mg/dL", ["creatinine 2.4"]),
    ("Sodium 128 L", ["sodium 128"]),
    ("(hemoglobin 8.1)", ["hemoglobin 8.1"]),
    ("BUN 91, creatinine 2.2", ["bun 91", "creatinine 2.2"]),
    ("sodium 128, potassium 5.9", ["sodium 128", "potassium 5.9"]),
    ("Na 132, K 4.1, Cl 98", ["sodium 132", "potassium 4.1", "chloride 98"]),
    (
        "Na 126 K 2.8 Cl 90 CO2 18 BUN 45 Cr 2.1 Glu 310",
        [
            "sodium 126",
            "potassium 2.8",
            "chloride 90",
            "bicarbonate 18",
            "bun 45",
            "creatinine 2.1",
            "glucose 310",
        ],
    ),
    ("NA 126, K 2.8, CL 90", ["sodium 126", "potassium 2.8", "chloride 90"]),
    ("Na+ 128 and K+ 5.9", ["sodium 128", "potassium 5.9"]),
    ("white count 17.2", ["wbc 17.2"]),
    ("creatinine is approximately 2.4", ["creatinine 2.4"]),
    ("creatinine ~2.4", ["creatinine 2.4"]),
    ("lactate 3.4", ["lactate 3.4"]),
    ("A 70-year-old with a creatinine of 3.1", ["creatinine 3.1"]),
    ("A 70 year old man with creatinine 3.1", ["creatinine 3.1"]),
    ("gap 18", ["anion_gap 18"]),
    ("INR 2.4", ["inr 2.4"]),
    ("INR therapeutic at 2.4", ["inr 2.4"]),
    ("ammonia of 98", ["ammonia 98"]),
    ("BMI of 41", ["bmi 41"]),
    ("obesity (BMI 42.3)", ["bmi 42.3"]),
    ("A1c was 16", ["hemoglobin_a1c 16"]),
    ("A1c is 7.6%", ["hemoglobin_a1c 7.6"]),
    ("BNP 1,240", ["bnp 1240"]),
    ("pro-BNP 1200", ["nt_probnp 1200"]),
    ("CK-MB 8.06", ["ck_mb 8.06"]),
    ("CK 8000", ["ck 8000"]),
    ("D-dimer of 2.4", ["d_dimer 2400"]),
    ("Digoxin level of 4.1", ["digoxin_level 4.1"]),
    ("PHQ-9: 17", ["phq9 17"]),
    ("GCS 14/15", ["gcs 14"]),
    ("MMSE 22 out of 30", ["mmse 22"]),
    ("NIHSS score of 12", ["nihss 12"]),
    ("EBL 500 cc", ["blood_loss 500"]),
    ("estimated blood loss: 1.5 L", ["blood_loss 1500"]),
]
UNITS = [
    ("WBC 11,700", ["wbc 11.7"]),
    ("WBC 17.2K", ["wbc 17.2"]),
    ("white count of 23 thousand", ["wbc 23"]),
    ("platelets 85,000", ["platelets 85"]),
    ("platelets 95 K/uL", ["platelets 95"]),
    ("platelets 95 x 10^9/L", ["platelets 95"]),
    ("ANC of 2400", ["anc 2.4"]),
    ("temperature 101.2", ["temperature 38.44"]),
    ("T 38.9", ["temperature 38.9"]),
    ("temp of 98.6 F", ["temperature 37"]),
    ("temp 36.8 degrees Celsius", ["temperature 36.8"]),
    ("temperature is 97.1 degrees", ["temperature 36.17"]),
    ("hemoglobin 131 g/L", ["hemoglobin 13.1"]),
    ("hemoglobin 8.1 grams", ["hemoglobin 8.1"]),
    ("creatinine 186 umol/L", ["creatinine 2.104"]),
    ("glucose 18.2 mmol/L", ["glucose 327.9"]),
    ("calcium 2.9 mmol/L", ["calcium 11.62"]),
    ("magnesium 1.7 mEq/L", ["magnesium 2.066"]),
    ("CRP 12 mg/dL", ["crp 120"]),
    ("troponin 56 ng/L", ["troponin_hs 56"]),
    ("hs-troponin 56", ["troponin_hs 56"]),
    ("troponin T 0.02", ["troponin_t 0.02"]),
    ("FiO2 50%", ["fio2 50"]),
    ("FIO2 of 40%", ["fio2 40"]),
    ("FiO2 0.5", ["fio2 50"]),
    ("ejection fraction 0.25", ["ejection_fraction 25"]),
    ("weight is 180 pounds", ["weight 81.65"]),
    ("weight 180#", ["weight 81.65"]),
    ("Wt 82kg", ["weight 82"]),
    ("Weight 78.6 kg", ["weight 78.6"]),
    ("Patient weighs 226 pounds", ["weight 102.5"]),
    ("height 5'7\"", ["height 170.2"]),
    ("height is 5 feet 3 inches", ["height 160"]),
    ("height 64 inches", ["height 162.6"]),
    ("Height 1.7 m", ["height 170"]),
    ("6'2\" tall", ["height 188"]),
    ("urine output 30 mL/hr", ["urine_output_rate 30"]),
    ("urine output of 0.4 mL/kg/hr", ["urine_output_per_weight 0.4"]),
    ("urine output was 400 mL in 24 hours", ["urine_output 400"]),
    ("weight loss of 10%", ["weight_loss_percent 10"]),
    ("30-pound weight loss", ["weight_loss 13.61"]),
    ("15 to 20 pound weight loss", ["weight_loss 6.804-9.072"]),
    ("lost 20 pounds over 3 months", ["weight_loss 9.072"]),
]
RANGES = [
    ("EF 20 to 25%", ["ejection_fraction 20-25"]),
    ("ejection fraction is 20 to 25 percent", ["ejection_fraction 20-25"]),
    ("LVEF 55-60 %", ["ejection_fraction 55-60"]),
    ("EF 20%-25%", ["ejection_fraction 20-25"]),
    ("a creatinine of between 2.1 and 2.3", ["creatinine 2.1-2.3"]),
    ("heart rate ranging from 115 to 150 beats per minute", ["heart_rate 115-150"]),
    ("pulse ranges from 123 to 86", ["heart_rate 86-123"]),
    ("blood sugars 180-240", ["glucose 180-240"]),
    ("glucose in the 200s", ["glucose 200-299"]),
    ("blood sugar was in the 400s", ["glucose 400-499"]),
    ("sodium was in the low 120s", ["sodium 120-129"]),
    ("HR in the 120s to 130s", ["heart_rate 120-139"]),
    ("systolics in the 80s", ["systolic_bp 80-89"]),
    ("RR 20s", ["respiratory_rate 20-29"]),
    ("platelets < 20", ["platelets <20"]),
    ("troponin less than 0.05", ["troponin <0.05"]),
    ("GFR >60", ["egfr >60"]),
    ("TSH <0.01", ["tsh <0.01"]),
    ("EF greater than or equal to 55%", ["ejection_fraction >55"]),
]
VITAL_SIGNS = [
    ("BP 158/92", ["systolic_bp 158", "diastolic_bp 92"]),
    ("BP 158 over 92", ["systolic_bp 158", "diastolic_bp 92"]),
    ("BP 120/80 mmHg", ["systolic_bp 120", "diastolic_bp 80"]),
    (
        "BP - 124/70, HR - 72, RR - 14, T - 97.8",
        [
            "systolic_bp 124",
            "diastolic_bp 70",
            "heart_rate 72",
            "respiratory_rate 14",
            "temperature 36.56",
        ],
    ),
    ("blood pressure was in the 80s", ["systolic_bp 80-89"]),
    ("BP 80s/40s", ["systolic_bp 80-89", "diastolic_bp 40-49"]),
    ("BP 90s/mid 40s", ["systolic_bp 90-99", "diastolic_bp 40-49"]),
    ("BP 120/palp", ["systolic_bp 120"]),
    ("BP 90-100/50-60", ["systolic_bp 90-100", "diastolic_bp 50-60"]),
    ("hypotensive to 82/44", ["systolic_bp 82", "diastolic_bp 44"]),
    ("blood pressure dropped to 70/40", ["systolic_bp 70", "diastolic_bp 40"]),
    (
        "BP from 180/110 to 140/80",
        ["systolic_bp 180 prior", "diastolic_bp 110 prior", "systolic_bp 140", "diastolic_bp 80"],
    ),
    (
        "blood pressure ranges from 90/59 to 107/68 mmHg",
        ["systolic_bp 90", "diastolic_bp 59", "systolic_bp 107", "diastolic_bp 68"],
    ),
    ("HR 108", ["heart_rate 108"]),
    ("pulse 78", ["heart_rate 78"]),
    ("tachycardic to the 130s", ["heart_rate 130-139"]),
    ("RR 32", ["respiratory_rate 32"]),
    ("respirations 18", ["respiratory_rate 18"]),
    ("T: 98.6, P: 72, R: 16", ["temperature 37", "heart_rate 72", "respiratory_rate 16"]),
    ("MAP 58", ["mean_arterial_pressure 58"]),
    ("Tmax 102", ["temperature 38.89"]),
    ("fever to 39.4 C", ["temperature 39.4"]),
    ("febrile to 39.2", ["temperature 39.2"]),
]
OXYGEN = [
    ("sats in the 80s on room air", ["spo2 80-89 [room air]"]),
    ("O2 sat 86% on RA", ["spo2 86 [room air]"]),
    ("O2 sat on room air is 86%", ["spo2 86 [room air]"]),
    ("room air sat 86%", ["spo2 86 [room air]"]),
    ("RA sat 86%", ["spo2 86 [room air]"]),
    ("stable on RA 96%", ["spo2 96 [room air]"]),
    ("SpO2 84% RA -> BiPAP", ["spo2 84 [room air]"]),
    ("saturating 93% on 2 L", ["spo2 93 [2 L]", "oxygen_flow 2"]),
    ("94% on 4L NC", ["spo2 94 [4 L]", "oxygen_flow 4"]),
    ("94% on room air", ["spo2 94 [room air]"]),
    ("94% RA", ["spo2 94 [room air]"]),
    ("SpO2 95% (2L NC)", ["spo2 95 [2 L]", "oxygen_flow 2"]),
    ("O2 sat 92% on 2L/min NC", ["spo2 92 [2 L]", "oxygen_flow 2"]),
    ("oxygen saturation on 2 L nasal cannula was 94%", ["oxygen_flow 2", "spo2 94 [2 L]"]),
    ("on 4L NC, sats 90%", ["oxygen_flow 4", "spo2 90 [4 L]"]),
    ("desaturated to 82% on room air with ambulation", ["spo2 82 [room air]"]),
    ("satting 88% on four liters nasal cannula", ["spo2 88 [4 L]", "oxygen_flow 4"]),
    ("O2 94%", ["spo2 94"]),
    ("oxygen at 4 liters", ["oxygen_flow 4"]),
    ("4 L of oxygen by nasal cannula", ["oxygen_flow 4"]),
    ("nasal cannula 2 to 3 liters per minute", ["oxygen_flow 2-3"]),
    ("home O2 2L", ["oxygen_flow 2"]),
    ("HFNC 40 L, FiO2 60%", ["oxygen_flow 40", "fio2 60"]),
    ("SpO2 99% FiO2 40%", ["spo2 99", "fio2 40"]),
    (
        "SpO2 88% on RA, improved to 95% on 3 L",
        ["spo2 88 prior [room air]", "spo2 95 [3 L]", "oxygen_flow 3"],
    ),
]
BLOOD_GAS = [
    ("pH 7.02 with a pCO2 of 118", ["ph 7.02", "paco2 118"]),
    (
        "ABG 7.47/32/459 on 100%",
        ["ph 7.47 [100 %]", "paco2 32 [100 %]", "pao2 459 [100 %]", "fio2 100"],
    ),
    ("ABG: 7.25/60/55", ["ph 7.25", "paco2 60", "pao2 55"]),
    (
        "ABG 7.30/65/58/31 on BiPAP",
        ["ph 7.3 [BiPAP]", "paco2 65 [BiPAP]", "pao2 58 [BiPAP]", "bicarbonate 31 [BiPAP]"],
    ),
    ("pH 7.25/60/55", ["ph 7.25", "paco2 60", "pao2 55"]),
    (
        "ABG of 7.34, CO2 of 30, O2 of 108, sodium 144, CO2 18",
        ["ph 7.34", "paco2 30", "pao2 108", "sodium 144", "bicarbonate 18"],
    ),
    ("CO2 19", ["bicarbonate 19"]),
    ("P/F ratio 180", ["pf_ratio 180"]),
]
TOGETHER = [
    ("BUN and creatinine 45 and 2.1", ["bun 45", "creatinine 2.1"]),
    ("BUN/creatinine of 45/2.1", ["bun 45", "creatinine 2.1"]),
    ("BUN 45/creatinine 2.1", ["bun 45", "creatinine 2.1"]),
    (
        "BUN and creatinine yesterday were 23 and 2.1 respectively",
        ["bun 23 prior", "creatinine 2.1 prior"],
    ),
    ("H&H 8 and 24", ["hemoglobin 8", "hematocrit 24"]),
    ("H/H 8.1/24.3", ["hemoglobin 8.1", "hematocrit 24.3"]),
    ("H&H 33.3/10.9", ["hematocrit 33.3", "hemoglobin 10.9"]),
    ("hemoglobin and hematocrit of 8.1 and 24", ["hemoglobin 8.1", "hematocrit 24"]),
    ("Hgb 8.1/Hct 24", ["hemoglobin 8.1", "hematocrit 24"]),
    ("hemoglobin 8.1/24", ["hemoglobin 8.1", "hematocrit 24"]),
    ("AST and ALT 60 and 50", ["ast 60", "alt 50"]),
    (
        "sodium, potassium and chloride 128, 5.9 and 98",
        ["sodium 128", "potassium 5.9", "chloride 98"],
    ),
    ("PT/INR 1.03", ["inr 1.03"]),
]
MOMENTS = [
    ("creatinine was 2.1 (baseline 0.9)", ["creatinine 2.1", "creatinine 0.9 baseline"]),
    ("creatinine 2.4, her baseline is 1.2", ["creatinine 2.4", "creatinine 1.2 baseline"]),
    ("creatinine 3.4 from baseline 1.8", ["creatinine 3.4", "creatinine 1.8 baseline"]),
    ("creatinine rose from a baseline of 1.0 to 2.4", ["creatinine 1 baseline", "creatinine 2.4"]),
    ("baseline creatinine 1.5-1.6", ["creatinine 1.5-1.6 baseline"]),
    (
        "known baseline creatinine of 1.8-2.0, now 3.4",
        ["creatinine 1.8-2 baseline", "creatinine 3.4"],
    ),
    ("creatinine 1.2-1.4 at baseline", ["creatinine 1.2-1.4 baseline"]),
    ("creatinine 2.4, which is his baseline", ["creatinine 2.4 baseline"]),
    ("usual weight 73 kg", ["weight 73 baseline"]),
    ("Cr 1.2 -> 2.4", ["creatinine 1.2 prior", "creatinine 2.4"]),
    ("Cr 1.2→2.4", ["creatinine 1.2 prior", "creatinine 2.4"]),
    ("Cr 1.7 -> 2.0 -> 2.4", ["creatinine 1.7 prior", "creatinine 2 prior", "creatinine 2.4"]),
    ("Cr 1.4 > 1.5 > 2.2", ["creatinine 1.4 prior", "creatinine 1.5 prior", "creatinine 2.2"]),
    (
        "Cr 1.6 (0.9 -> 1.1 -> 1.6)",
        ["creatinine 1.6 prior", "creatinine 0.9 prior", "creatinine 1.1 prior", "creatinine 1.6"],
    ),
    ("creatinine rose from 0.9 to 2.4", ["creatinine 0.9 prior", "creatinine 2.4"]),
    ("creatinine 2.08 to 2.67 in two days", ["creatinine 2.08 prior", "creatinine 2.67"]),
    ("sodium improved from 118 to 131", ["sodium 118 prior", "sodium 131"]),
    ("hematocrit decreased from 30 to 25", ["hematocrit 30 prior", "hematocrit 25"]),
    ("creatinine 2.7 to 1.4", ["creatinine 2.7 prior", "creatinine 1.4"]),
    ("creatinine 1.5 up from 1.2 yesterday", ["creatinine 1.5", "creatinine 1.2 prior"]),
    ("creatinine bumped to 2.4 from 1.2", ["creatinine 2.4", "creatinine 1.2 prior"]),
    ("creatinine 2.4 (was 1.2)", ["creatinine 2.4", "creatinine 1.2 prior"]),
    ("creatinine 2.4 (1.2 last month)", ["creatinine 2.4", "creatinine 1.2 prior"]),
    ("Cr 1.4 (1.3 on admission)", ["creatinine 1.4", "creatinine 1.3 prior"]),
    ("EF 25% (previously 55%)", ["ejection_fraction 25", "ejection_fraction 55 prior"]),
    ("EF was 55% in 2019 and is now 25%", ["ejection_fraction 55 prior", "ejection_fraction 25"]),
    ("A1c 8.2, up from 7.1 in March", ["hemoglobin_a1c 8.2", "hemoglobin_a1c 7.1 prior"]),
    ("prior creatinine of 1.88 on 11/30/2009", ["creatinine 1.88 prior"]),
    ("Previous creatinine levels were 2.7 in December", ["creatinine 2.7 prior"]),
    ("December 2004, creatinine was 1.5", ["creatinine 1.5 prior"]),
    ("creatinine down to 1 at discharge", ["creatinine 1"]),
    ("creatinine 1.2 yesterday, 2.4 today", ["creatinine 1.2 prior", "creatinine 2.4"]),
    ("creatinine 2.4, yesterday 1.2", ["creatinine 2.4", "creatinine 1.2 prior"]),
    ("Hemoglobin was 10.2 on admission and 7.9 today", ["hemoglobin 10.2 prior", "hemoglobin 7.9"]),
    (
        "Hemoglobin 13.1 preoperatively and 8.6 the next morning",
        ["hemoglobin 13.1 prior", "hemoglobin 8.6"],
    ),
    ("hemoglobin on hospital day 2 was 8.2", ["hemoglobin 8.2"]),
    (
        "Hemoglobin on admission was 13.1 and postoperatively was 8.9",
        ["hemoglobin 13.1 prior", "hemoglobin 8.9"],
    ),
    ("creatinine 1.1 on 3/1, 2.4 on 3/3", ["creatinine 1.1 prior", "creatinine 2.4"]),
    ("CK was 261, then 315, and then 529", ["ck 261 prior", "ck 315 prior", "ck 529"]),
    ("troponin was 0.01 followed by 0.04", ["troponin 0.01 prior", "troponin 0.04"]),
    ("troponin 0.06/0.06/0.05", ["troponin 0.06 prior", "troponin 0.06 prior", "troponin 0.05"]),
    ("troponins 0.06, 0.09, 0.12", ["troponin 0.06 prior", "troponin 0.09 prior", "troponin 0.12"]),
    ("lactate 4.2 -> 2.1 after fluids", ["lactate 4.2 prior", "lactate 2.1"]),
    ("hemoglobin drop to 9", ["hemoglobin 9"]),
]
GOALS = [
    ("goal BP < 130/80", ["systolic_bp <130 goal", "diastolic_bp <80 goal"]),
    (
        "BP goal <130/80, currently 150/90",
        ["systolic_bp <130 goal", "diastolic_bp <80 goal", "systolic_bp 150", "diastolic_bp 90"],
    ),
    ("keep K > 4", ["potassium >4 goal"]),
    ("maintain MAP > 65", ["mean_arterial_pressure >65 goal"]),
    ("target INR 2-3", ["inr 2-3 goal"]),
    ("INR 2-3", ["inr 2-3 goal"]),
    ("INR of 4.5, goal 2-3", ["inr 4.5", "inr 2-3 goal"]),
    ("A1c goal will be 6", ["hemoglobin_a1c 6 goal"]),
    ("return if temp > 101 or HR > 120", ["temperature >38.33 goal", "heart_rate >120 goal"]),
    ("hold for SBP < 90", ["systolic_bp <90 goal"]),
    ("Tylenol prn temp > 101.5", ["temperature >38.61 goal"]),
    ("transfuse for Hgb < 7", ["hemoglobin <7 goal"]),
    ("restart when Cr < 1.5", ["creatinine <1.5 goal"]),
    ("sliding scale insulin for glucose 150-200", ["glucose 150-200 goal"]),
    (
        "Call us for bleeding, pain that does not go away, swelling of the leg, short breath, "
        "or a temperature greater than 101",
        ["temperature >38.33 goal"],
    ),
]
SPOKEN = [
    ("creatinine two point one", ["creatinine 2.1"]),
    ("potassium five point nine", ["potassium 5.9"]),
    ("temperature one hundred and one point two", ["temperature 38.44"]),
    ("weight one hundred eighty pounds", ["weight 81.65"]),
    ("ejection fraction of thirty percent", ["ejection_fraction 30"]),
]

SILENT = [
    "She is afebrile.",
    "Temperature was normal.",
    "Check sodium, potassium in 2 days",
    "follow potassium on 3/4",
    "potassium 10 mEq daily",
    "Potassium 20 mEq p.o. b.i.d.",
    "K 40",
    "sodium bicarbonate 650 mg",
    "potassium chloride 40 meq",
    "K-Dur 20",
    "iron 325 mg",
    "iron 325 three times daily",
    "calcium 500 twice a day",
    "magnesium oxide 400 mg",
    "Mg 2 g IV",
    "2 gram sodium diet",
    "albumin 25 g IV",
    "albumin 25% 50 mL",
    "glucose tablets 4 g",
    "glucose 25 g",
    "folate 1 mg",
    "vitamin B12 1000 mcg",
    "digoxin 0.125 mg",
    "vit K day 2",
    "T4 1.2",
    "T12 fracture",
    "T 12 vertebra",
    "T3 N1 M0",
    "Na channel 2.1",
    "Paxil CR 12.5",
    "Ambien CR 6.25",
    "PT 3 times a week",
    "HCT 80 mg/12.5 mg",
    "EF 1.2",
    "creatinine 45",
    "creatinine 12 umol",
    "sodium 14",
    "pH 5.5",
    "temperature 12",
    "BP 2/4",
    "BP 80/120",
    "pulse 2+",
    "pulses are 2/4",
    "grade 3/6 systolic murmur",
    "systolic 2/6 murmur",
    "visual acuity R 20/40",
    "P 2 O 1",
    "Wt: 238",
    "weight bearing 50%",
    "weight gain of 10 pounds",
    "weight is down 10 pounds",
    "lifting weights over 10 pounds",
    "He lost 2 units of blood",
    "CRP 12",
    "troponin 25",
    "troponins negative x3",
    "urine output 500 cc",
    "urine sodium 20",
    "urine creatinine 80",
    "24-hour creatinine 1.2",
    "protein/creatinine ratio 3.2",
    "BUN/Cr ratio 20",
    "UA: pH 7.0, WBC 20-50/hpf, glucose 500",
    "Urinalysis: pH 7.0. Glucose 1000. WBC 20.",
    "CSF: WBC 3, glucose 60",
    "VBG pH 7.30, CO2 55",
    "glucose 2+",
    "blood sugar 151-200 2 units",
    "hemoglobin dropped 2 g",
    "hemoglobin fell 3 grams",
    "drop in hemoglobin of 2",
    "creatinine increased 0.5",
    "creatinine increased by 0.5",
    "potassium 4 times",
    "K 6.9 hemolyzed",
    "potassium 6.9, likely hemolyzed",
    "no temp > 101",
    "denies fever greater than 101",
    "Potassium. 2. Sodium",
    "1. Potassium 2. Sodium 3. Chloride",
    "1) Potassium 2) Sodium",
    "Potassium\n2. Sodium",
    "K at 0500",
    "call 555-1234 about the potassium",
    "creatinine pending, 45-year-old man",
    "Section 3. Temperature 4. Pulse",
    "creatinine\n\n2.1",
    "EF, 60 years",
    "O2 sat 93-89%",
    "platelets 1.5.2",
    "sodium 2,1",
    "creatinine 2.1.3",
    "Micro: 3 cm",
]


@lru_cache(maxsize=1)
def analytes() -> Analytes:
    return load_analytes(models() / "measurements")


@lru_cache(maxsize=1)
def reader() -> tuple[MeasurementReader, Gate]:
    made = MeasurementReader(analytes())
    return made, Gate(made.patterns())


def read(text: str, sentences: tuple[Sentence, ...] | None = None) -> list[Measurement]:
    """Read a text, as one sentence unless told otherwise."""
    whole = (Sentence(0, len(text), 0),)
    return reader()[0].read(text, named(text), (), whole if sentences is None else sentences)


def named(text: str) -> list[Found]:
    """Return the names in a text."""
    made, gate = reader()
    texts = JoinedTexts([text])
    (found,) = made.names.find(texts, *gate.deal(texts))
    return found


def written(measurement: Measurement) -> str:
    value, high = f"{measurement.value:.4g}", f"{measurement.high:.4g}"
    number = measurement.comparator + (value if value == high else f"{value}-{high}")
    timing = "" if measurement.timing is Timing.CURRENT else f" {measurement.timing}"
    qualifier = f" [{measurement.qualifier}]" if measurement.qualifier else ""
    return f"{measurement.analyte} {number}{timing}{qualifier}"


def split(text: str) -> tuple[Sentence, ...]:
    """Split at full stops and line breaks: enough for a test."""
    sentences, start = [], 0
    for number, line in enumerate(text.replace(". ", ".\n").split("\n")):
        sentences.append(Sentence(start, start + len(line), number))
        start += len(line) + 1
    return tuple(sentences)


@pytest.mark.parametrize(
    ("text", "expected"),
    list(
        chain(
            FORMS, UNITS, RANGES, VITAL_SIGNS, OXYGEN, BLOOD_GAS, TOGETHER, MOMENTS, GOALS, SPOKEN
        )
    ),
)
def test_a_value_is_read_with_its_unit_moment_and_qualifier(text: str, expected: list[str]) -> None:
    assert [written(m) for m in read(text)] == expected


@pytest.mark.parametrize("text", SILENT)
def test_what_is_no_value_is_left_alone(text: str) -> None:
    assert [written(m) for m in read(text)] == []


def test_offsets_point_at_the_name_the_value_and_the_unit() -> None:
    text = "Labs today: serum creatinine was 2.1 mg/dL (baseline 0.9)."
    now, baseline = read(text)
    assert text[now.start : now.end] == "serum creatinine was 2.1 mg/dL"
    assert text[now.value_start : now.value_end] == "2.1"
    assert text[baseline.start : baseline.end] == "serum creatinine was 2.1 mg/dL (baseline 0.9"
    assert text[baseline.value_start : baseline.value_end] == "0.9"


def test_a_value_before_its_name_points_at_both() -> None:
    text = "Saturating well, 94% on room air."
    (found,) = read(text)
    assert text[found.start : found.end] == "94% on room air"
    assert text[found.value_start : found.value_end] == "94"


def test_offsets_hold_in_a_text_whose_capitals_grow_when_lowered() -> None:
    text = "\u0130\u0130 Creatinine 2.1"
    (found,) = read(text)
    assert text[found.value_start : found.value_end] == "2.1"


def test_a_wrapped_line_does_not_part_name_and_value() -> None:
    assert [written(m) for m in read("hemoglobin\n8.1, hematocrit\nof 24")] == [
        "hemoglobin 8.1",
        "hematocrit 24",
    ]


def test_in_a_table_the_value_may_stand_in_the_next_line() -> None:
    text = "Creatinine\n2.1\nPotassium\n5.9 H\nSodium\nsee above"
    assert [written(m) for m in read(text, split(text))] == ["creatinine 2.1", "potassium 5.9"]


def test_a_name_that_is_the_heading_of_its_line_has_its_value_behind_the_colon() -> None:
    text = "BP: 212/118\nPulse: 88\nBMI:\nPotassium"
    sentences = tuple(
        Sentence(text.index(piece), text.index(piece) + len(piece), item)
        for item, piece in enumerate(("BP:", "212/118", "Pulse:", "88", "BMI:", "Potassium"))
    )
    assert [written(measurement) for measurement in read(text, sentences)] == [
        "systolic_bp 212",
        "diastolic_bp 118",
        "heart_rate 88",
    ]


def test_a_value_of_another_sentence_is_not_taken() -> None:
    for text in ("We follow the creatinine. 2.1 L were given.", "Potassium\n2.1 liters given"):
        assert read(text, split(text)) == []


def test_sentence_and_section_are_those_of_the_name() -> None:
    text = "HISTORY: none.\nLABS: BUN 20. Creatinine 2.1."
    sections = (Section("history", 0, 8, 14), Section("laboratory", 15, 20, len(text)))
    found = reader()[0].read(text, named(text), sections, split(text))
    assert [(m.section, m.sentence) for m in found] == [("laboratory", 1), ("laboratory", 2)]


def test_a_text_without_sentences_is_read_as_one() -> None:
    assert [written(m) for m in read("creatinine 2.1", ())] == ["creatinine 2.1"]


@pytest.mark.parametrize(
    "text",
    [
        "creatinine " + "of " * 20_000 + "2.1",
        "creatinine " + "(" * 20_000,
        "creatinine " + " \n" * 20_000,
        "Cr " + "1.1 -> " * 10_000,
        "oxygen " * 10_000,
        "BUN and " * 10_000 + "creatinine 45 and 2.1",
        "creatinine " + "twenty " * 10_000,
    ],
)
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    found = reader()[0].read(text, named(text), (), (Sentence(0, len(text), 0),))
    assert all(measurement.end <= len(text) for measurement in found)


NAMES = st.sampled_from(
    ["creatinine", "Cr", "BP", "O2 sat", "EF", "T", "H&H", "ABG", "BUN and creatinine", "weight",
     "height", "troponin", "NC", "room air", "UA", "potassium chloride", "glucose", "INR"]
)  # fmt: skip
BITS = st.one_of(
    NAMES,
    st.sampled_from(
        ["2.1", "158/92", "80s", "5'7\"", "95-97%", "101.2", "11,700", "two point one", "mg/dL",
         "mg", "%", "L", "lbs", "(", ")", ",", ".", ";", "->", "to", "from", "of", "was",
         "baseline", "goal", "<", ">", "yesterday", "and", "/", "\n", "on", "2.", "in 2009", "no"]
    ),
    st.text(max_size=4),
)  # fmt: skip
TEXTS = st.one_of(st.lists(BITS, max_size=25).map(" ".join), st.text(max_size=80))


@settings(deadline=None, max_examples=400)
@given(TEXTS, st.booleans())
def test_whatever_the_text_values_are_plausible_and_offsets_are_right(
    text: str, one_sentence: bool
) -> None:
    for m in read(text, None if one_sentence else split(text)):
        assert 0 <= m.start <= m.value_start < m.value_end <= len(text)
        assert m.start < m.end <= len(text)
        assert any(c.isalnum() for c in text[m.value_start : m.value_end])
        assert analytes()[m.analyte].plausible(m.value)
        assert m.value <= m.high


@settings(deadline=None)
@given(TEXTS)
def test_reading_twice_gives_the_same(text: str) -> None:
    assert read(text) == read(text)
